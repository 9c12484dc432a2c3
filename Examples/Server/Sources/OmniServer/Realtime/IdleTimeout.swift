import OmniCore

/// Waits for a client that is silent after a reply. Time is the audio that the client sends: it sends all the time, and
/// nothing here needs a clock.
struct IdleTimeout: Sendable {
    /// The last of what was heard since the reply was played to its end, at least what the model hears, and the number
    /// of all samples since then.
    private var heard: [Float] = []
    private var heardCount = 0
    private var waitsSince: Int?

    /// Begins to wait.
    ///
    /// - Parameter place: where in the client's audio the reply is played to its end, in milliseconds.
    mutating func begin(at place: Int) {
        (heard, heardCount) = ([], 0)
        waitsSince = place
    }

    /// What came was not silence, and no turn either, or other rules hold: waits again from here, if it waited, and not
    /// before the reply is played to its end.
    mutating func restart(at place: Int) {
        if let waitsSince { begin(at: max(waitsSince, place)) }
    }

    mutating func stop() {
        (heard, heardCount) = ([], 0)
        waitsSince = nil
    }

    /// Takes the client's next audio.
    ///
    /// - Parameters:
    ///   - chunk: the audio.
    ///   - end: where it ends in all of the client's audio, in milliseconds.
    ///   - timeout: how long the client may be silent.
    ///   - longest: how much the model hears.
    /// - Returns: the last of what was heard while it was, once all of that is long enough, and where all of it began.
    mutating func hear(
        _ chunk: AudioChunk, end: Int, timeout: Duration, longest: Duration
    ) -> (audio: AudioChunk, start: Int)? {
        guard let start = waitsSince, end > start else { return nil }
        let rate = chunk.sampleRate
        let new = chunk.samples.suffix((end - start) * rate / 1000)
        let limit = Int(longest.inSeconds * Double(rate))
        heardCount += new.count
        heard += new
        // Not at each chunk: what stays is moved.
        if heard.count > 2 * limit { heard.removeFirst(heard.count - limit) }
        guard .seconds(Double(heardCount) / Double(rate)) >= timeout else { return nil }
        defer { stop() }
        return (AudioChunk(Array(heard.suffix(limit)), sampleRate: rate), start)
    }
}
