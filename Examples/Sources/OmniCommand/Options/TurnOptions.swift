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
            "A Smart Turn file (smart-turn-v3.2-cpu.onnx) that judges at a pause whether the speaker has finished.",
            valueName: "onnx"))
    var turnModel: String?

    @Option(
        help: ArgumentHelp(
            "How long an unfinished turn is waited for, with --turn-model: low 8, medium 4, high 2 s.",
            valueName: "low|medium|high|auto"))
    var eagerness: SemanticTurnEnd.Eagerness?

    /// Whether turns end by a model's judgement, and how.
    var semantic: SemanticTurnEnd? { turnModel.map { _ in SemanticTurnEnd(eagerness: eagerness ?? .auto) } }

    /// Opens ``turnModel``.
    func loadTurnModel(_ engine: EngineOption) throws -> SmartTurn? {
        try turnModel.map { file in
            try SmartTurn.load(from: URL(argument: file), engine: engine.make(), precision: engine.partPrecision)
        }
    }

    func validate() throws {
        if eagerness != nil, turnModel == nil { throw ValidationError("--eagerness goes with --turn-model") }
        if turnModel != nil, prepareAfter == 0 {
            throw ValidationError("--turn-model judges after the silence of --prepare-after, which cannot be 0 then")
        }
        try NumberCheck.require("--silence", silence, in: 1...NumberCheck.milliseconds.upperBound)
        try NumberCheck.require("--prepare-after", prepareAfter, in: NumberCheck.milliseconds)
        try NumberCheck.require("--threshold", threshold, in: 0...1)
    }
}

extension SemanticTurnEnd.Eagerness: @retroactive ExpressibleByArgument {}
