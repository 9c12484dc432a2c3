public import ArgumentParser
import CommandSupport
import Foundation
public import OmniPipeline
import OmniWhisper

/// When a speaker's turn begins and ends in a conversation.
struct TurnOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Silence that ends a turn, in milliseconds.", valueName: "ms"))
    var silence = 500

    @Option(
        help: ArgumentHelp("Silence after which a reply is prepared, in milliseconds; 0: none is.", valueName: "ms"))
    var prepareAfter = 160

    @Option(help: ArgumentHelp("A window at least this likely is speech.", valueName: "p"))
    var threshold: Float = 0.5

    @Flag(inversion: .prefixedNo, help: "Let speech over a reply stop it.")
    var interrupt = true

    @Option(
        help: ArgumentHelp(
            """
            A Smart Turn file (smart-turn-v3.2-cpu.onnx) that judges at a pause whether the speaker has finished; \
            without it the model's own.
            """,
            valueName: "onnx"))
    var turnModel: String?

    @Option(
        help: ArgumentHelp(
            "How long an unfinished turn is waited for, with a turn model: low 8, medium 4, high 2 s.",
            valueName: "low|medium|high|auto"))
    var eagerness: SemanticTurnEnd.Eagerness?

    /// Whether all options have the values that they have when they are not given, the model aside.
    var hasDefaults: Bool {
        silence == 500 && prepareAfter == 160 && threshold == 0.5 && interrupt && eagerness == nil
    }

    /// The model that judges whether turns are over: ``turnModel``, else that of the pipeline; `nil` without either,
    /// and where there is no pause to judge at.
    func turnEnd(of omni: MiniOmni, _ engine: EngineOption) throws -> (any TurnEndModel)? {
        let model = try turnModel.map { file in
            try SmartTurn.load(from: URL(argument: file), engine: engine.make(), precision: engine.partPrecision)
        }
        let hasPause = prepareAfter > 0 && prepareAfter < silence
        let chosen: (any TurnEndModel)? = hasPause ? model ?? omni.turnEnd : nil
        guard eagerness == nil || chosen != nil else {
            throw ValidationError(
                hasPause
                    ? "--eagerness goes with a turn model: --turn-model, or one in the model's folder"
                    : "--eagerness needs a pause to judge at: --prepare-after above 0 and shorter than --silence")
        }
        return chosen
    }

    func validate() throws {
        if turnModel != nil, prepareAfter == 0 {
            throw ValidationError("--turn-model judges after the silence of --prepare-after, which cannot be 0 then")
        }
        if turnModel != nil, prepareAfter >= silence {
            throw ValidationError(
                "--turn-model judges before the silence of --silence: --prepare-after must be shorter")
        }
        try NumberCheck.require("--silence", silence, in: 1...NumberCheck.milliseconds.upperBound)
        try NumberCheck.require("--prepare-after", prepareAfter, in: NumberCheck.milliseconds)
        try NumberCheck.require("--threshold", threshold, in: 0...1)
    }
}

extension SemanticTurnEnd.Eagerness: @retroactive ExpressibleByArgument {}
