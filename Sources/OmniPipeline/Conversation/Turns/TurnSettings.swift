/// When a speaker's turn begins and ends, and what may stop a reply. ``threshold``, ``prefixPadding`` and ``silence``
/// are `threshold`, `prefix_padding_ms` and `silence_duration_ms` of the Realtime API's `server_vad`, with its
/// defaults.
public struct TurnSettings: Sendable, Hashable {
    /// A window at least this likely is speech.
    public var threshold: Float = 0.5
    /// During speech, a window less likely than this is silence; `nil`: ``threshold`` − 0.15.
    public var releaseThreshold: Float?
    /// Audio before the first window of speech that belongs to the turn.
    public var prefixPadding: Duration = .milliseconds(300)
    /// Silence of this length ends a turn.
    public var silence: Duration = .milliseconds(500)
    /// Silence of this length may be the end: a reply is prepared. The turn's audio reaches as far as this silence,
    /// so that what was prepared is what will be asked. `nil`: nothing is prepared ahead.
    public var candidateSilence: Duration? = .milliseconds(160)
    /// Ends turns by what was said and how, as ``candidateSilence`` gives the occasion; `nil`: silence alone ends them.
    public var semantic: SemanticTurnEnd?
    /// Speech shorter than this is no turn.
    public var minimumSpeech: Duration = .milliseconds(96)
    /// A turn ends here at the latest, whether or not its speaker does.
    public var maximumTurn: Duration = .seconds(30)
    /// Whether speech over a reply can stop it. Otherwise such speech is ignored.
    public var interruptsReply = true
    /// Speech over a reply shorter than this does not touch it. From then on the reply pauses.
    public var minimumInterruption: Duration = .zero
    /// Speech over a reply that is shorter than this, "uh-huh", lets the reply go on afterwards; longer speech stops
    /// it for good.
    public var backchannelTolerance: Duration = .milliseconds(400)

    /// The defaults.
    public init() {}
}

/// The settings in samples.
struct TurnLimits: Sendable {
    let threshold: Float
    let releaseThreshold: Float
    let prefixPadding: Int
    let silence: Int
    let candidateSilence: Int?
    let semantic: SemanticTurnEnd?
    let unfinishedSilence: Int
    let minimumSpeech: Int
    let maximumTurn: Int
    let interruptsReply: Bool
    let minimumInterruption: Int
    let backchannelTolerance: Int

    init(_ settings: TurnSettings, sampleRate: Int) {
        func samples(_ duration: Duration) -> Int {
            // Beyond a century nothing changes, and sums of such numbers fit.
            let (seconds, attoseconds) = min(max(duration, .zero), .seconds(1 << 32)).components
            return max(Int(seconds) * sampleRate + Int((Double(attoseconds) / 1e18 * Double(sampleRate)).rounded()), 0)
        }
        threshold = settings.threshold
        releaseThreshold = settings.releaseThreshold ?? max(settings.threshold - 0.15, 0.01)
        prefixPadding = samples(settings.prefixPadding)
        silence = samples(settings.silence)
        candidateSilence = settings.candidateSilence.map(samples).flatMap { $0 < samples(settings.silence) ? $0 : nil }
        semantic = settings.semantic
        unfinishedSilence = max(
            samples(settings.semantic?.eagerness.maximumSilence ?? .zero), samples(settings.silence))
        minimumSpeech = samples(settings.minimumSpeech)
        maximumTurn = samples(settings.maximumTurn)
        interruptsReply = settings.interruptsReply
        minimumInterruption = samples(settings.minimumInterruption)
        backchannelTolerance = samples(settings.backchannelTolerance)
    }

    /// Silence at the end of a turn's audio.
    var suffix: Int { candidateSilence ?? silence }
}

/// How a turn ends where a model judges at a pause whether the speaker has finished. The values of ``Eagerness`` are
/// those of the Realtime API's `semantic_vad`.
public struct SemanticTurnEnd: Sendable, Hashable {
    /// How soon a reply may begin although the speaker seems not to have finished.
    public enum Eagerness: String, Sendable, Hashable, CaseIterable, Codable {
        /// Lets speakers take their time.
        case low
        /// Between the others.
        case medium
        /// Replies as soon as may be.
        case high
        /// The same as medium.
        case auto

        /// Silence that ends a turn which seems not to be finished.
        public var maximumSilence: Duration {
            switch self {
            case .low: .seconds(8)
            case .medium, .auto: .seconds(4)
            case .high: .seconds(2)
            }
        }
    }

    /// How soon a reply may begin although the speaker seems not to have finished.
    public var eagerness: Eagerness
    /// A pause at least this probably the end of the turn ends it at once.
    public var threshold: Float

    /// The defaults are those of the Realtime API and of Smart Turn.
    public init(eagerness: Eagerness = .auto, threshold: Float = 0.5) {
        self.eagerness = eagerness
        self.threshold = threshold
    }
}
