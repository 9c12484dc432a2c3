public import OmniCore

/// Puts silence where captured audio was lost, so that places in the audio stay those of the clock: for the code that
/// captures it, since only there is it known when a piece should have come. A pure machine: instants come in,
/// counted from any beginning.
///
/// A conversation counts what it hears. Without the silence, speech before and after a loss would be one, and
/// everything that follows would lie too early.
///
/// ```swift
/// let chunk = filler.filled(captured, at: clock)      // at the instant at which its last sample was captured
/// ```
public struct GapFiller: Sendable, Hashable {
    /// Audio that is late by more than this was lost; less is how machines are.
    public let tolerance: Duration
    /// The longest silence. What was away for longer does not continue the audio before.
    public let longestGap: Duration
    /// All silence that was put in.
    public private(set) var filled: Duration = .zero

    /// When the audio would have begun for all of it to be in time; `nil` before the first piece.
    private var origin: Duration?
    /// Audio so far, silence included.
    private var position: Duration = .zero

    /// How fast the two clocks, of the machine and of the audio device, are brought together: this part of what they
    /// differ by, with each piece.
    private static let drift = 64

    /// A filler before the first piece.
    public init(tolerance: Duration = .milliseconds(200), longestGap: Duration = .seconds(60)) {
        self.tolerance = tolerance
        self.longestGap = longestGap
    }

    /// Takes the next piece of a recording, and returns it with silence before it when something is missing there. Who
    /// cannot pass the result on goes on with the filler as it was before: then that piece is missing, too.
    ///
    /// - Parameters:
    ///   - chunk: the piece.
    ///   - instant: when the last sample of the piece was captured.
    public mutating func filled(_ chunk: AudioChunk, at instant: Duration) -> AudioChunk {
        var chunk = chunk
        let begin = instant - chunk.duration
        let lateness = begin - (origin ?? begin) - position
        if lateness > tolerance {
            let count = Int((min(lateness, longestGap).inSeconds * Double(chunk.sampleRate)).rounded())
            chunk.samples = Array(repeating: 0, count: count) + chunk.samples
            filled += .seconds(Double(count) / Double(chunk.sampleRate))
            position += chunk.duration
            origin = instant - position
        } else {
            origin = (origin ?? begin) + lateness / Self.drift
            position += chunk.duration
        }
        return chunk
    }
}
