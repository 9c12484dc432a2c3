import Foundation
public import OmniCore

/// Brings audio to another sample rate, piece by piece: a polyphase filter with a Kaiser-windowed sinc.
///
/// Frequencies up to 92 % of the lower Nyquist frequency pass; from that frequency on they are more than 90 dB down.
/// Output sample `n` is the input at the instant `n / to` seconds: the filter's delay is taken out, and with
/// ``finish()`` there are `⌈count · to / from⌉` samples. Any chopping of the input gives the same samples. Equal
/// rates pass through unchanged.
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

/// The low-pass filter of a resampler, cut into phases: a sinc under a Kaiser window.
///
/// Row `p` holds the taps for an output that lies `p / phaseCount` of a sample after an input. Where the ratio needs
/// few phases the table has each of them. Otherwise it has enough that a straight line between two rows is as good: the
/// table never exceeds ``maximumTapCount``, however awkward the ratio.
struct ResamplerFilter: Sendable {
    /// Zero crossings of the sinc on each side: with ``attenuation``, the band between pass and stop is 8 % wide.
    static let crossingCount = 80.0
    /// What the window keeps of the side lobes, in dB below the main one.
    static let attenuation = 100.0
    /// Taps that a table of all phases may have.
    static let maximumTapCount = 1 << 18

    /// Inputs to each side of an output.
    let halfWidth: Int
    /// Taps in a row: `2 · halfWidth`, filled up with zeros to a multiple of 8.
    let tapCount: Int
    /// Rows for one sample's time; the table has one more, for lines that end there.
    let phaseCount: Int
    /// Whether outputs fall between rows.
    let interpolates: Bool
    /// `[phaseCount + 1, tapCount]`.
    let taps: [Float]

    /// - Parameter up, down: the ratio of the rates, without common factors: `up / down` outputs for an input.
    init(up: Int, down: Int) {
        let scale = min(1, Double(up) / Double(down))
        let halfWidth = Int((Self.crossingCount / scale).rounded(.up))
        self.halfWidth = halfWidth
        tapCount = (2 * halfWidth + 7) / 8 * 8
        interpolates = (up + 1) * tapCount > Self.maximumTapCount
        // A line errs by (π · bandwidth / phases)² / 8: 106 dB below the signal.
        phaseCount = interpolates ? max(Int((512 * scale).rounded(.up)), 1) : up
        // The stop band starts at the lower of the two Nyquist frequencies; the pass band ends a transition below it.
        let transition = (Self.attenuation - 7.95) / (2.285 * 2 * Self.crossingCount * .pi)
        let cutoff = scale * (1 - transition / 2)
        let beta = 0.1102 * (Self.attenuation - 8.7)
        let windowScale = scale / Self.crossingCount
        let norm = Self.besselI0(beta)
        var taps = [Float](repeating: 0, count: (phaseCount + 1) * tapCount)
        for phase in 0...phaseCount {
            let shift = Double(phase) / Double(phaseCount)
            var row = (0..<2 * halfWidth).map { tap in
                let x = Double(tap - halfWidth + 1) - shift
                let place = x * windowScale
                guard abs(place) < 1 else { return 0.0 }
                return Self.sinc(cutoff * x) * Self.besselI0(beta * (1 - place * place).squareRoot()) / norm
            }
            // A constant comes out as itself, whatever the phase.
            let sum = row.reduce(0, +)
            for tap in row.indices { row[tap] /= sum }
            for tap in row.indices { taps[phase * tapCount + tap] = Float(row[tap]) }
        }
        self.taps = taps
    }

    /// `Σ taps[row] · input[start...]`, eight sums side by side; always added up in the same order.
    func dot(row: Int, _ input: Span<Float>, at start: Int) -> Float {
        let taps = taps.span
        let first = row * tapCount
        precondition(first + tapCount <= taps.count && start >= 0 && start + tapCount <= input.count)
        var sums = SIMD8<Float>.zero
        for i in stride(from: 0, to: tapCount, by: 8) {
            // All indices were checked above, once for the whole row.
            for lane in 0..<8 {
                unsafe sums[lane] += taps[unchecked: first + i + lane] * input[unchecked: start + i + lane]
            }
        }
        return sums.sum()
    }

    private static func sinc(_ x: Double) -> Double {
        x == 0 ? 1 : sin(.pi * x) / (.pi * x)
    }

    /// The modified Bessel function of order 0, by its power series.
    private static func besselI0(_ x: Double) -> Double {
        var (sum, term, k) = (1.0, 1.0, 1.0)
        while term > sum * 1e-17 {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }
}
