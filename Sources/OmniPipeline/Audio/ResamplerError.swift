/// Why sound cannot be brought to another rate.
public enum ResamplerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Rates in Hz that are not positive, not below 2³², or more than a factor of 256 apart.
    case unsupportedRatio(from: Int, to: Int)
    /// A sample that is not a finite number.
    case notFinite(sampleIndex: Int)
    /// Samples for a stream that has ended.
    case streamFinished

    public var description: String {
        switch self {
        case .unsupportedRatio(let from, let to): "sound at \(from) Hz cannot be brought to \(to) Hz"
        case .notFinite(let index): "sample \(index) is not a finite number"
        case .streamFinished: "the stream has ended and takes no more samples"
        }
    }
}
