import ArgumentParser
import CommandSupport

/// When a speaker's turn begins and ends in a conversation.
struct TurnOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Silence that ends a turn, in milliseconds.", valueName: "ms"))
    var silence = 500

    @Option(
        help: ArgumentHelp("Silence after which an answer is prepared, in milliseconds; 0: none is.", valueName: "ms"))
    var prepareAfter = 160

    @Option(help: ArgumentHelp("A window at least this likely is speech.", valueName: "p"))
    var threshold: Float = 0.5

    @Flag(inversion: .prefixedNo, help: "Let speech over an answer stop it.")
    var interrupt = true

    func validate() throws {
        try NumberCheck.require("--silence", silence, in: 1...NumberCheck.milliseconds.upperBound)
        try NumberCheck.require("--prepare-after", prepareAfter, in: NumberCheck.milliseconds)
        try NumberCheck.require("--threshold", threshold, in: 0...1)
    }
}
