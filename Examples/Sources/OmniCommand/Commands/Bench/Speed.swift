public import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline
public import OmniTensor

struct Speed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast each stage is, beside what the machine allows.",
        discussion: """
            Every figure is a median. Its floor is the time that the machine's memory needs to deliver the weights, or \
            its cores to do the arithmetic. Both limits are measured, memory in turn with what it bounds, arithmetic \
            by the multiply-add instructions of each precision on registers alone, which no product reaches. A model \
            as small as the bundled one stays in cache and is faster than memory. A machine that does something else \
            meanwhile gives figures that mean nothing. With --json: {"engine": {"threads", "instructions"}, \
            "limits": {"bytesPerSecond", \
            "operationsPerSecond"}, "figures": [{"precision", "stage", "value", "unit", "floor"}]}.
            """)

    @Option(
        help: ArgumentHelp(
            "A directory or a downloaded model; without it OMNI_MODEL or the bundled one.", valueName: "dir|id"))
    var model = ModelLocation.environmentModel ?? BundledModel.path

    @Option(help: ArgumentHelp("A precision to measure, several times for several; without it all.", valueName: "p"))
    var precision: [WeightPrecision] = []

    @Option(help: ArgumentHelp("Threads to compute with; without it one on each core.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("A voice activity file of Silero's to time as well.", valueName: "silero.onnx"))
    var voiceActivity: String?

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        try NumberCheck.require("--threads", threads, in: NativeEngine.possibleThreadCounts)
    }

    func run() async throws {
        let engine = try NativeEngine(threads: threads)
        let precisions = precision.isEmpty ? WeightPrecision.all : precision
        let voiceActivityFigures = try voiceActivityFigures()
        Console.progress("Measuring the machine")
        let limits = try MachineLimits(engine: engine, precisions: precisions)
        var figures: [SpeedFigure] = []
        for precision in precisions {
            Console.progress("Loading \(model), \(precision)")
            let omni = try await MiniOmni.load(
                from: ModelLocation(model).folder, engine: engine,
                precision: PrecisionPlan(encoder: precision, model: precision))
            Console.progress("Measuring \(precision)")
            figures += DecoderSpeed(model: omni.model, precision: precision, limits: limits).figures()
            figures += try encoderFigures(omni.encoder, precision, limits)
            figures += try await turnFigures(omni, precision)
            if precision == precisions.last { figures += try codecFigures(omni.codec, limits) }
        }
        figures += voiceActivityFigures
        Console.endProgress()
        let report = SpeedReport(engine: engine, limits: limits, figures: figures)
        if json { try StandardOutput.write(json: report) } else { try StandardOutput.write(report.table) }
    }
}

extension WeightPrecision: @retroactive ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }

    public static var allValueStrings: [String] { all.map(\.name) }
}
