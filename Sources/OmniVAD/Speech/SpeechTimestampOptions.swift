/// When speech begins and ends, given how likely it is from window to window.
///
/// ``miniOmni`` are the reference's defaults, which suit cutting a recording before it is recognised; ``silero`` are
/// those of Silero's own package, which suit listening live. They also differ in how they cut speech that is too long.
public struct SpeechTimestampOptions: Sendable, Hashable {
    /// Where speech that goes on for too long is cut.
    public enum Cut: Sendable, Hashable {
        /// At the latest silence that was long enough, otherwise on the spot: Mini-Omni's rule, and Silero's with
        /// `use_max_poss_sil_at_max_speech=False`.
        case latestSilence
        /// At the longest silence that was long enough, otherwise on the spot: Silero's rule from version 6 on.
        case longestSilence
    }

    /// A window at least this likely is speech.
    public var threshold: Double
    /// During speech, a window less likely than this is silence. `nil`: ``threshold`` − 0.15, but not less
    /// than ``leastNegativeThreshold``.
    public var negativeThreshold: Double?
    /// How far down the threshold of silence goes when it follows from ``threshold``; `nil` for no such floor.
    public var leastNegativeThreshold: Double?
    /// Speech that is not longer than this, without padding, does not count.
    public var minimumSpeech: Duration
    /// Speech longer than this is cut; `nil` for no limit.
    public var maximumSpeech: Duration?
    /// Silence of this length ends speech.
    public var minimumSilence: Duration
    /// Silence longer than this is a place where speech that goes on for too long may be cut.
    public var minimumSilenceAtMaximum: Duration
    /// Where it is cut.
    public var cut: Cut
    /// Added on either side of speech. Neighbours share a silence that is too short for both.
    public var padding: Duration

    /// Mini-Omni's defaults (those of faster-whisper).
    public static let miniOmni = SpeechTimestampOptions(
        threshold: 0.5, minimumSpeech: .milliseconds(250), minimumSilence: .milliseconds(2000),
        padding: .milliseconds(400), cut: .latestSilence)

    /// The defaults of Silero's own package, version 6.
    public static let silero = SpeechTimestampOptions(
        threshold: 0.5, leastNegativeThreshold: 0.01, minimumSpeech: .milliseconds(250),
        minimumSilence: .milliseconds(100), padding: .milliseconds(30), cut: .longestSilence)

    /// Takes every value as it is.
    public init(
        threshold: Double, negativeThreshold: Double? = nil, leastNegativeThreshold: Double? = nil,
        minimumSpeech: Duration, maximumSpeech: Duration? = nil, minimumSilence: Duration,
        minimumSilenceAtMaximum: Duration = .milliseconds(98), padding: Duration, cut: Cut
    ) {
        self.threshold = threshold
        self.negativeThreshold = negativeThreshold
        self.leastNegativeThreshold = leastNegativeThreshold
        self.minimumSpeech = minimumSpeech
        self.maximumSpeech = maximumSpeech
        self.minimumSilence = minimumSilence
        self.minimumSilenceAtMaximum = minimumSilenceAtMaximum
        self.padding = padding
        self.cut = cut
    }

    /// The threshold of silence that is in force.
    package var effectiveNegativeThreshold: Double {
        if let negativeThreshold { return negativeThreshold }
        return max(threshold - 0.15, leastNegativeThreshold ?? -.infinity)
    }
}
