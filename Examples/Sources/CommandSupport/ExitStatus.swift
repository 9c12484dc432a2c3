import ArgumentParser
import AudioFiles
import Foundation
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniTokenizer
import OmniVAD
import OmniWhisper

/// An error of a command's own that knows the exit status it ends with.
public protocol ErrorWithExitStatus: Error {
    var exitStatus: ExitStatus { get }
}

/// What the command's exit status says, in the numbers of `sysexits.h`.
public enum ExitStatus: Int32, Sendable {
    case checkFailed = 1
    case wrongUsage = 64
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case internalError = 70
    case systemLimit = 71
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    case noPermission = 77

    /// The status for an error; `nil` for those of the argument parser, which has its own.
    public init?(_ error: any Error) {
        switch error {
        case let error as InputError: self = error.code == .malformed ? .badData : .noInput
        case let error as OutputError: self = error.operation == .create ? .cannotCreate : .inputOutput
        case let error as any ErrorWithExitStatus: self = error.exitStatus
        case let error as HubError: self.init(error)
        case let error as WAVError: self.init(error)
        case let error as AudioFileError: self = error.isAbsence ? .noInput : .badData
        case let error as OutputFileError: self.init(error)
        case AudioDeviceError.libraryMissing: self = .unavailable
        case is AudioDeviceError: self = .noInput
        case is DedicatedThreadError, is ThreadRoomError, is DescriptorRoomError: self = .systemLimit
        case let error as CheckpointError: self.init(error)
        case let error as ModelDirectoryError: self = error.isMissing ? .noInput : .badData
        case let error as ModelConfigurationError: self = error.code == .unreadable ? .noInput : .badData
        case let error as TokenizerError: self = error.code == .unreadable ? .noInput : .badData
        case WhisperError.invalidOption, WhisperError.unknownLanguage: self = .wrongUsage
        case is TranscriberLoadingError: self = .noInput
        case is CalibrationError: self = .badData
        case is OmniGPTError, is WhisperError, is SNACError, is AudioInputError, is OmniSessionError: self = .badData
        case ComputeEngineError.outOfMemory: self = .systemLimit
        case is ComputeEngineError: self = .wrongUsage
        case let error as CocoaError: self.init(error)
        case is POSIXError: self = .inputOutput
        case is CancellationError: self = .internalError
        default: return nil
        }
    }

    private init(_ error: HubError) {
        switch error {
        case .badRepositoryID, .badRevision, .badEndpoint, .badToken: self = .wrongUsage
        case .noSuchRepository, .noSuchRevision, .noSuchFile, .notCached: self = .noInput
        case .gated, .tokenRefused: self = .noPermission
        case .offline, .unreachable, .insecure, .stalled, .interrupted, .refused, .noHTTP: self = .unavailable
        case .unexpectedReply, .unsafePath, .impossibleSize, .damaged, .wrongLength: self = .badData
        case .diskFull, .unusable: self = .cannotCreate
        case .busy: self = .tryAgain
        }
    }

    private init(_ error: WAVError) {
        switch error {
        case .unreadable: self = .noInput
        case .unwritable: self = .inputOutput
        default: self = .badData
        }
    }

    private init(_ error: OutputFileError) {
        switch error.operation {
        case .create, .createFolder: self = .cannotCreate
        case .write, .complete: self = .inputOutput
        }
    }

    private init(_ error: CocoaError) {
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile, .fileReadNoPermission, .fileReadUnknown, .fileReadTooLarge:
            self = .noInput
        case .fileReadCorruptFile, .fileReadInapplicableStringEncoding, .propertyListReadCorrupt: self = .badData
        case .fileWriteNoPermission, .fileWriteFileExists, .fileWriteVolumeReadOnly, .fileWriteInvalidFileName:
            self = .cannotCreate
        default: self = .inputOutput
        }
    }

    private init(_ error: CheckpointError) {
        switch error.code {
        case .unreadable: self = .noInput
        case .outOfMemory: self = .systemLimit
        case .unwritable: self = .cannotCreate
        case .noSuchVariant: self = .wrongUsage
        default: self = .badData
        }
    }
}

extension ModelDirectoryError {
    fileprivate var isMissing: Bool {
        problems.contains { problem in
            switch problem {
            case .noSuchFolder, .missing: true
            case .notAFolder, .ambiguous, .empty, .packed, .packedAlready, .packedOntoItself,
                .packedOntoAnother:
                false
            }
        }
    }
}
