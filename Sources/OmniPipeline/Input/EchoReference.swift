import OmniCore

/// The audio of a reply on the timeline of what is heard: while it plays, a sample is played with each that is heard.
struct EchoReference {
    private let sampleRate: Int
    private var resampler: Resampler?
    private var samples = AudioHistory()
    private var takenCount = 0

    /// - Parameter sampleRate: of what is heard, in Hz.
    init(sampleRate: Int) { self.sampleRate = sampleRate }

    /// More of the reply. Audio at a rate that cannot be resampled is not followed: it counts as a speaker's then.
    mutating func push(_ chunk: AudioChunk) {
        if resampler == nil { resampler = try? Resampler(from: chunk.sampleRate, to: sampleRate) }
        samples.append((try? resampler?.push(chunk.samples)) ?? [])
    }

    /// What is played during the next window, silence where there is nothing.
    ///
    /// - Parameter delivered: how much of the reply a player has.
    mutating func take(_ count: Int, delivered: Duration) -> [Float] {
        // A trace from a file may say anything.
        let delivered = min(max(delivered, .zero), .seconds(1 << 32))
        let limit = min(samples.end, Int(delivered.inSeconds * Double(sampleRate)))
        let end = min(takenCount + count, max(limit, takenCount))
        let played = Array(samples[takenCount..<end])
        takenCount = end
        samples.forget(before: takenCount)
        return played + Array(repeating: 0, count: count - played.count)
    }
}
