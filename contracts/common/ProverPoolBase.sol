// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { EssentialContract } from "./EssentialContract.sol";
import { IMintableERC20 } from "./IMintableERC20.sol";

/// @title ProverPoolBase
/// @notice What the generations of the prover pool share: whom they obey, what time it is, how tokens move.
/// @dev A pool holds no tokens: it burns what is staked and mints what is withdrawn. Its functions move
///   tokens last, when state and events are final; so whatever a token called back into would see a
///   finished pool, also through the functions that the reentrancy guard does not cover.
/// @custom:storage-size 50
abstract contract ProverPoolBase is EssentialContract {
    bytes32 private constant PROTOCOL = "taiko";
    bytes32 private constant TOKEN = "taiko_token";

    uint256[50] private __gap;

    /// @notice Mints tokens. Nothing happens, and no token need be registered, if the amount is zero.
    /// @param to Who receives them.
    /// @param baseUnits How many, in base units.
    function _mintTo(address to, uint256 baseUnits) internal {
        if (baseUnits == 0) return;
        IMintableERC20(resolve(TOKEN, false)).mint(to, baseUnits);
    }

    /// @notice Burns tokens. Nothing happens, and no token need be registered, if the amount is zero.
    /// @param from Who loses them.
    /// @param baseUnits How many, in base units.
    function _burnFrom(address from, uint256 baseUnits) internal {
        if (baseUnits == 0) return;
        IMintableERC20(resolve(TOKEN, false)).burn(from, baseUnits);
    }

    /// @notice Whether the caller is the protocol. The pools differ in the error, so each raises its own.
    /// @return authorized Whether the caller is the protocol; nobody is while it is not registered.
    function _isCallerProtocol() internal view returns (bool authorized) {
        return _isCallerNamed(PROTOCOL);
    }

    /// @notice Whether an exit can be paid out.
    /// @param requestedAt When it was requested, in seconds; zero if none was.
    /// @param period How long it is locked, in seconds.
    /// @return mature Whether it was requested, and its period is over.
    function _isMature(uint64 requestedAt, uint256 period) internal view returns (bool mature) {
        return requestedAt != 0 && _isOver(requestedAt, period);
    }

    /// @notice Whether an exit is still at stake.
    /// @param requestedAt When it was requested, in seconds; zero if none was.
    /// @param period How long it is locked, in seconds.
    /// @return locked Whether it was requested, and its period is not over.
    function _isLocked(uint64 requestedAt, uint256 period) internal view returns (bool locked) {
        return requestedAt != 0 && !_isOver(requestedAt, period);
    }

    /// @notice Whether a period is over; its last second still belongs to it.
    /// @param start When it began, in seconds.
    /// @param period How long it lasts, in seconds.
    /// @return over Whether it is over.
    function _isOver(uint64 start, uint256 period) internal view returns (bool over) {
        return block.timestamp > start + period;
    }

    /// @notice The time of the block; reverts, in some hundred thousand million years, rather than wraps.
    /// @return timestamp The time, in seconds.
    function _now() internal view returns (uint64 timestamp) {
        return SafeCast.toUint64(block.timestamp);
    }
}
