import ArgumentParser
import CommandSupport
import OmniVAD

/// When speech begins and ends.
struct SegmentationOptions: ParsableArguments {
    enum Defaults: String, ExpressibleByArgument, CaseIterable {
        case miniOmni = "mini-omni"
        case silero

        var value: SpeechTimestampOptions {
            switch self {
            case .miniOmni: .miniOmni
            case .silero: .silero
            }
        }
    }

    @Option(help: "Whose defaults: those of mini-omni or of silero's own package.")
    var defaults = Defaults.miniOmni

    @Option(help: ArgumentHelp("A window at least this likely is speech.", valueName: "p"))
    var threshold: Double?

    @Option(help: ArgumentHelp("A window less likely than this is silence.", valueName: "p"))
    var negativeThreshold: Double?

    @Option(name: .customLong("min-speech"), help: ArgumentHelp("Drop speech that is not longer.", valueName: "ms"))
    var minimumSpeech: Int?

    @Option(name: .customLong("max-speech"), help: ArgumentHelp("Cut speech that is longer.", valueName: "ms"))
    var maximumSpeech: Int?

    @Option(name: .customLong("min-silence"), help: ArgumentHelp("Silence this long ends speech.", valueName: "ms"))
    var minimumSilence: Int?

    @Option(help: ArgumentHelp("Added on either side of speech.", valueName: "ms"))
    var padding: Int?

    func validate() throws {
        for (name, value) in [("threshold", threshold), ("negative-threshold", negativeThreshold)] {
            try NumberCheck.require("--" + name, value, in: 0...1)
        }
        let durations = [
            ("min-speech", minimumSpeech), ("max-speech", maximumSpeech), ("min-silence", minimumSilence),
            ("padding", padding),
        ]
        for (name, value) in durations {
            try NumberCheck.require("--" + name, value, in: NumberCheck.milliseconds)
        }
    }

    var value: SpeechTimestampOptions {
        var options = defaults.value
        if let threshold { options.threshold = threshold }
        if let negativeThreshold { options.negativeThreshold = negativeThreshold }
        if let minimumSpeech { options.minimumSpeech = .milliseconds(minimumSpeech) }
        if let maximumSpeech { options.maximumSpeech = .milliseconds(maximumSpeech) }
        if let minimumSilence { options.minimumSilence = .milliseconds(minimumSilence) }
        if let padding { options.padding = .milliseconds(padding) }
        return options
    }
}
