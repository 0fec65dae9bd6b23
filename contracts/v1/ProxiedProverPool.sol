// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// The contract is the sum of its parts, and adds nothing.
// solhint-disable no-empty-blocks

import { Proxied } from "../common/Proxied.sol";
import { ProverPool } from "./ProverPool.sol";

/// @title ProxiedProverPool
/// @notice The pool as the implementation to put behind an ERC-1967 proxy.
contract ProxiedProverPool is Proxied, ProverPool {}
