import OmniPipeline

/// The audio of the replies where it was heard, beside what the microphone heard.
struct ReplyTrack {
    private struct Track {
        var samples: [Float] = []
        var resampler: Resampler
        var placedCount = 0
    }

    private let sampleRate: Int
    private let windowDuration: Duration
    private var tracks: [Int: Track] = [:]
    private var waiting: [ReplayTrace.Entry] = []
    /// Samples from ``start`` on.
    private var samples: [Float] = []
    private var start = 0

    init(sampleRate: Int, windowDuration: Duration) {
        self.sampleRate = sampleRate
        self.windowDuration = windowDuration
    }

    /// Samples that were placed and not taken.
    var count: Int { samples.count }

    mutating func take(_ event: ConversationEvent) {
        guard case .reply(let reply, .audio(let chunk)) = event else { return }
        if tracks[reply.index] == nil {
            guard let resampler = try? Resampler(from: chunk.sampleRate, to: sampleRate) else { return }
            tracks[reply.index] = Track(resampler: resampler)
        }
        let more = (try? tracks[reply.index]?.resampler.push(chunk.samples)) ?? []
        tracks[reply.index]?.samples += more
        place()
    }

    mutating func take(_ entry: ReplayTrace.Entry) {
        waiting.append(entry)
        place()
    }

    /// What was heard first, filled up with silence.
    mutating func removeFirst(_ count: Int) -> [Float] {
        let taken = samples.prefix(count) + Array(repeating: 0, count: max(count - samples.count, 0))
        samples.removeFirst(min(count, samples.count))
        start += count
        return Array(taken)
    }

    private mutating func place() {
        while let entry = waiting.first {
            guard let reply = entry.reply, entry.heard > .zero else {
                waiting.removeFirst()
                continue
            }
            let end = Int(entry.heard / .seconds(1) * Double(sampleRate))
            // Its audio is on its way: an event that was taken, but not shown to us yet.
            guard var track = tracks[reply], track.samples.count >= end - sampleRate / 50 else { return }
            waiting.removeFirst()
            let heard = track.samples[min(track.placedCount, track.samples.count)..<min(end, track.samples.count)]
            let position = Int(windowDuration * entry.windowCount / .seconds(1) * Double(sampleRate))
            let gap = position - heard.count - start - samples.count
            if gap > 0 { samples += Array(repeating: 0, count: gap) }
            samples += heard
            track.placedCount = max(min(end, track.samples.count), track.placedCount)
            tracks[reply] = track
            tracks = tracks.filter { $0.key >= reply }
        }
    }
}
