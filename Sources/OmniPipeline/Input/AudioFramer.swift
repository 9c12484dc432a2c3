import OmniCore

/// Cuts audio that comes in pieces of any size, at any rate, with faults, into windows at one rate.
struct AudioFramer {
    /// Hz, of the windows.
    let sampleRate: Int
    private let windowSampleCount: Int
    private var resampler: Resampler?
    private var rest: [Float] = []
    private var framedCount = 0
    /// The rate of the pieces that are being left out.
    private var refusedRate: Int?

    init(sampleRate: Int, windowSampleCount: Int) {
        self.sampleRate = sampleRate
        self.windowSampleCount = windowSampleCount
    }

    /// Takes the next piece. A piece at a rate that cannot be resampled is left out.
    mutating func push(_ chunk: AudioChunk) -> (windows: [[Float]], warnings: [ConversationWarning]) {
        var warnings: [ConversationWarning] = []
        var chunk = chunk
        if chunk.silenceNonFiniteSamples() { warnings.append(.notFinite(at: position)) }
        do {
            if resampler?.inputSampleRate != chunk.sampleRate {
                let new = try Resampler(from: chunk.sampleRate, to: sampleRate)
                if var old = resampler {
                    warnings.append(.sampleRateChanged(from: old.inputSampleRate, to: chunk.sampleRate))
                    rest += old.finish()
                }
                resampler = new
            }
            rest += try resampler?.push(chunk.samples) ?? []
            refusedRate = nil
        } catch {
            // All samples are finite: it is the rate. It is said once.
            if refusedRate != chunk.sampleRate { warnings.append(.unsupportedSampleRate(chunk.sampleRate)) }
            refusedRate = chunk.sampleRate
        }
        return (takeWindows(), warnings)
    }

    /// The last windows, the very last filled up with silence.
    mutating func finish() -> [[Float]] {
        rest += resampler?.finish() ?? []
        resampler = nil
        let missingCount = (windowSampleCount - rest.count % windowSampleCount) % windowSampleCount
        rest += Array(repeating: 0, count: missingCount)
        return takeWindows()
    }

    /// What was pushed and is in no window yet; the next piece begins a window.
    mutating func flush() -> (windows: [[Float]], rest: [Float]) {
        rest += resampler?.finish() ?? []
        resampler = nil
        let windows = takeWindows()
        defer { rest = [] }
        framedCount += rest.count
        return (windows, rest)
    }

    /// Where in the audio the next sample lies.
    private var position: Duration { .seconds(Double(framedCount + rest.count) / Double(sampleRate)) }

    private mutating func takeWindows() -> [[Float]] {
        let count = rest.count / windowSampleCount
        let windows = (0..<count).map { Array(rest[$0 * windowSampleCount..<($0 + 1) * windowSampleCount]) }
        rest.removeFirst(count * windowSampleCount)
        framedCount += count * windowSampleCount
        return windows
    }
}

extension AudioChunk {
    /// Replaces samples that are not finite by silence.
    ///
    /// - Returns: whether there were any.
    mutating func silenceNonFiniteSamples() -> Bool {
        guard samples.contains(where: { !$0.isFinite }) else { return false }
        for index in samples.indices where !samples[index].isFinite { samples[index] = 0 }
        return true
    }
}
