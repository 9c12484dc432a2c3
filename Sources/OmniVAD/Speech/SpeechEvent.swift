/// What a ``SpeechSegmenter`` has found out.
public enum SpeechEvent: Sendable, Hashable {
    /// Speech seems to begin at this sample (padding included). Ends as ``ended(sample:)`` or
    /// ``discarded(sample:)``.
    case began(sample: Int)
    /// The speech that began last is over, before this sample (padding included, wherever the recording may end).
    case ended(sample: Int)
    /// The speech that began last was too short to count; it was over before this sample.
    case discarded(sample: Int)
    /// Speech with its final bounds, which follow when nothing can change them any more: they can depend on when the
    /// next speech begins.
    case segment(SpeechSegment)
}
