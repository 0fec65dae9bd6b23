// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { Initializable } from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

/// @title Proxied
/// @notice Mixed into a contract that is deployed only as the implementation behind a proxy.
/// @dev Declares no storage, and must stay so: it comes before the contract it is mixed into.
abstract contract Proxied is Initializable {
    /// @notice Disables the initialisers of the implementation itself, so that nobody can become its owner.
    constructor() {
        _disableInitializers();
    }
}
