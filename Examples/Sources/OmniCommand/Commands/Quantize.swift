import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline

struct Quantize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model with its weights packed, ready to be mapped.",
        discussion: """
            The new folder is a whole model. It loads at once and processes that use it share its weights. With 8 bits \
            the language model and the speech encoder are int8. With 4 the language model is int4, its attention int8. \
            6 bits are their mean where half of its perceptrons are int8 as well, those whose rounding costs most. 16 \
            is bfloat16 and 32 float32. The codec keeps its floats.

            Calibration rounds weights so that what the model computes from the samples of a folder changes least; \
            with 6 bits those that are int4. Recordings (WAV) are asked as questions, and the replies count as well. \
            Texts (.txt in UTF-8, at most 4 MiB each and 64 MiB in all) are read in the text stream, with silence in \
            the audio streams: at most 16384 tokens, as many of each text as possible. Texts alone leave the weights \
            of audio as they are, so a model that is to speak needs recordings. It computes with 32-bit floats and \
            takes minutes at the published size.
            """)

    enum Bits: String, ExpressibleByArgument, CaseIterable {
        case four = "4"
        case six = "6"
        case eight = "8"
        case sixteen = "16"
        case thirtyTwo = "32"

        var plan: PrecisionPlan {
            switch self {
            case .four: .int4
            case .six: .mixed
            case .eight: .int8
            case .sixteen: .bfloat16
            case .thirtyTwo: .float32
            }
        }
    }

    @Argument(help: "The directory of the published model, or a downloaded one such as gpt-omni/mini-omni.")
    var model: String

    @Argument(help: "The directory to write, made if needed.")
    var directory: String

    @Option(help: "Bits that a weight of the language model takes, the scales of its block aside.")
    var bits = Bits.eight

    @Option(
        help: ArgumentHelp(
            """
            A folder of samples, recorded questions (.wav) or texts (.txt), to round weights by; with 4, 6 and 8 bits.
            """, valueName: "dir"))
    var calibrate: String?

    @Option(help: ArgumentHelp("A folder of other samples, to say by how much that helped.", valueName: "dir"))
    var holdOut: String?

    func validate() throws {
        if directory.isEmpty { throw ValidationError("name a directory to write") }
        if calibrate != nil, ![.four, .six, .eight].contains(bits) {
            throw ValidationError("--calibrate wants --bits 4, 6 or 8")
        }
        if holdOut != nil, calibrate == nil { throw ValidationError("--hold-out wants --calibrate") }
    }

    private func samples(_ folder: String?) throws -> [CalibrationSample] {
        try folder.map { try CalibrationFolder.samples(in: URL(argument: $0)) } ?? []
    }

    func run() async throws {
        let report = try await MiniOmni.pack(
            ModelLocation(model).directory, into: URL(argument: directory),
            precision: bits.plan, calibration: samples(calibrate), heldOut: samples(holdOut)
        ) { Console.progress($0) }
        Console.note("Wrote a packed model to \(directory): \(bits.plan)")
        guard let report else { return }
        let (plain, calibrated) = (report.plainError * 100, report.calibratedError * 100)
        let text =
            "Outputs on samples held out: %.2f %% off with plain rounding, %.2f %% as written (%.2f times less, %.2f "
            + "times in mean square)"
        let ratio = plain / calibrated
        Console.note(String(format: text, plain, calibrated, ratio, ratio * ratio))
    }
}
