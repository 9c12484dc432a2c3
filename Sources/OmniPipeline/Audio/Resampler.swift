public import OmniCore

/// Brings audio to another sample rate, piece by piece: a polyphase filter with a Kaiser-windowed sinc.
///
/// Frequencies up to 92 % of the lower Nyquist frequency pass; from that frequency on they are more than 90 dB down.
/// Output sample `n` is the input at the instant `n / to` seconds: the filter's delay is taken out, and with
/// ``finish()`` there are `⌈count · to / from⌉` samples. Any chopping of the input gives the same samples. Equal rates
/// pass through unchanged.
public struct Resampler: Sendable {
    /// The rate of what comes in, in Hz.
    public let inputSampleRate: Int
    /// The rate of what comes out, in Hz.
    public let outputSampleRate: Int

    private let up: Int
    private let down: Int
    /// `nil` where the rates are equal.
    private let filter: ResamplerFilter?
    /// Inputs that outputs still need; before the first come zeros.
    private var history: [Float]
    /// The index in ``history`` of the first tap of the next output.
    private var start = 0
    /// How far the next output lies after an input, in units of `1 / up`.
    private var phase = 0
    private var inputCount = 0
    private var outputCount = 0
    private var isFinished = false

    /// - Parameters:
    ///   - inputSampleRate: Hz.
    ///   - outputSampleRate: Hz.
    /// - Throws: `AudioInputError.unsupportedResampling`.
    public init(from inputSampleRate: Int, to outputSampleRate: Int) throws(AudioInputError) {
        let (low, high) = (min(inputSampleRate, outputSampleRate), max(inputSampleRate, outputSampleRate))
        guard low > 0, high < 1 << 32, high / low < 256 else {
            throw .unsupportedResampling(from: inputSampleRate, to: outputSampleRate)
        }
        self.inputSampleRate = inputSampleRate
        self.outputSampleRate = outputSampleRate
        let divisor = Self.greatestCommonDivisor(inputSampleRate, outputSampleRate)
        (up, down) = (outputSampleRate / divisor, inputSampleRate / divisor)
        filter = up == down ? nil : ResamplerFilter(up: up, down: down)
        history = Array(repeating: 0, count: filter.map { $0.halfWidth - 1 } ?? 0)
    }

    /// Takes the next samples and returns those that are now certain.
    ///
    /// - Throws: `AudioInputError.notFinite`, `AudioInputError.streamFinished`. The stream is then as it was.
    public mutating func push(_ samples: [Float]) throws(AudioInputError) -> [Float] {
        guard !isFinished else { throw .streamFinished }
        try samples.span.requireFinite(firstIndex: inputCount)
        inputCount += samples.count
        guard let filter else { return samples }
        history += samples
        return advance(filter, limit: .max)
    }

    /// The samples still held back. Afterwards the stream takes no more.
    public mutating func finish() -> [Float] {
        guard !isFinished, let filter else {
            isFinished = true
            return []
        }
        isFinished = true
        let total = Self.outputCount(forInputCount: inputCount, up: up, down: down)
        history += Array(repeating: 0, count: 2 * filter.tapCount)
        return advance(filter, limit: total)
    }

    private mutating func advance(_ filter: ResamplerFilter, limit: Int) -> [Float] {
        var output: [Float] = []
        let ready = max(history.count - start - filter.tapCount + 1, 0)
        output.reserveCapacity(min(ready * up / down + 1, limit - outputCount))
        while start + filter.tapCount <= history.count, outputCount < limit {
            output.append(value(filter, history.span))
            outputCount += 1
            phase += down
            start += phase / up
            phase %= up
        }
        let used = min(start, history.count)
        history.removeFirst(used)
        start -= used
        return output
    }

    private func value(_ filter: ResamplerFilter, _ input: Span<Float>) -> Float {
        guard filter.interpolates else { return filter.dot(row: phase, input, at: start) }
        let place = Double(phase) / Double(up) * Double(filter.phaseCount)
        let row = min(Int(place), filter.phaseCount - 1)
        let fraction = Float(place - Double(row))
        let (a, b) = (filter.dot(row: row, input, at: start), filter.dot(row: row + 1, input, at: start))
        return a + fraction * (b - a)
    }

    private static func outputCount(forInputCount count: Int, up: Int, down: Int) -> Int {
        // In two parts, so that nothing overflows: whole periods, and the rest.
        count / down * up + (count % down * up + down - 1) / down
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}

extension AudioChunk {
    /// The same audio at another sample rate, in Hz.
    ///
    /// - Throws: `AudioInputError`.
    public func resampled(to sampleRate: Int) throws(AudioInputError) -> AudioChunk {
        guard sampleRate != self.sampleRate else { return self }
        var resampler = try Resampler(from: self.sampleRate, to: sampleRate)
        let start = try resampler.push(samples)
        return AudioChunk(start + resampler.finish(), sampleRate: sampleRate)
    }
}
