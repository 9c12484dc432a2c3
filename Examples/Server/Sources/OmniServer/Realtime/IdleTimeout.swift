import OmniCore

/// Waits for a client that is silent after a reply. Time is the audio that the client sends: it sends all the time, and
/// nothing here needs a clock.
struct IdleTimeout: Sendable {
    /// What was heard since the reply was played to its end.
    private var heard: [Float] = []
    private var waitsSince: Int?

    /// Begins to wait.
    ///
    /// - Parameter place: where in the client's audio the reply is played to its end, in milliseconds.
    mutating func begin(at place: Int) {
        heard = []
        waitsSince = place
    }

    /// What came was not silence, and no turn either, or other rules hold: waits again from here, if it waited, and not
    /// before the reply is played to its end.
    mutating func restart(at place: Int) {
        if let waitsSince { begin(at: max(waitsSince, place)) }
    }

    mutating func stop() {
        heard = []
        waitsSince = nil
    }

    /// Takes the client's next audio.
    ///
    /// - Parameters:
    ///   - chunk: the audio.
    ///   - end: where it ends in all of the client's audio, in milliseconds.
    ///   - timeout: how long the client may be silent.
    /// - Returns: what was heard while it was, once that is long enough, and where it began.
    mutating func hear(_ chunk: AudioChunk, end: Int, timeout: Duration) -> (audio: AudioChunk, start: Int)? {
        guard let start = waitsSince, end > start else { return nil }
        let rate = chunk.sampleRate
        heard += chunk.samples.suffix((end - start) * rate / 1000)
        guard .seconds(Double(heard.count) / Double(rate)) >= timeout else { return nil }
        defer { stop() }
        return (AudioChunk(heard, sampleRate: rate), start)
    }
}
