import ArgumentParser
import Foundation
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniTokenizer
import OmniVAD
import OmniWhisper

/// What the command's exit status says, in the numbers of `sysexits.h`.
enum ExitStatus: Int32 {
    case checkFailed = 1
    case wrongUsage = 64
    case badData = 65
    case noInput = 66
    case internalError = 70
    case cannotCreate = 73
    case inputOutput = 74
}
