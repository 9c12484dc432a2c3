/// How a turn ends where a model judges at a pause whether the speaker has finished. Names are those of the Realtime
/// API's
/// `semantic_vad`.
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
