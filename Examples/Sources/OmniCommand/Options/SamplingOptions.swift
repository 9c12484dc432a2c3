import ArgumentParser
import CommandSupport
import OmniCore

/// How tokens are chosen, and how many.
struct SamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Stop after so many steps.", valueName: "n"))
    var maxSteps: Int?

    @Option(help: ArgumentHelp("Choose among the so many likeliest tokens; 1 is greedy.", valueName: "k"))
    var topK = 1

    @Option(help: ArgumentHelp("Divide the logits by this; 0 leaves them as they are.", valueName: "t"))
    var temperature: Float = 0.9

    @Option(
        help: ArgumentHelp("Choose among the likeliest tokens that have this probability together.", valueName: "p"))
    var topP: Float = 1

    @Option(help: ArgumentHelp("The same seed chooses the same tokens and makes the same noise.", valueName: "s"))
    var seed: UInt64 = 0

    func validate() throws {
        try NumberCheck.require("--max-steps", maxSteps, in: NumberCheck.counts)
        try NumberCheck.require("--top-k", topK, in: NumberCheck.counts)
        try NumberCheck.require("--temperature", temperature, in: 0...1000)
        try NumberCheck.require("--top-p", topP, in: 0...1)
        if topK == 1, temperature != 0.9 || topP != 1 {
            throw ValidationError(
                "--temperature and --top-p choose among the tokens of --top-k, which is 1: give it too")
        }
    }

    /// Whether all options but the seed have the values that they have when they are not given.
    var hasDefaults: Bool { maxSteps == nil && topK == 1 && temperature == 0.9 && topP == 1 }

    var value: GenerationOptions {
        GenerationOptions(topK: topK, temperature: temperature, topP: topP, maximumStepCount: maxSteps, seed: seed)
    }
}
