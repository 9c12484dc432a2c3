public import OmniCore
import OmniNN
import OmniTensor

/// Silero's voice activity detector (snakers4/silero-vad, MIT), as it is published: version 4, which Mini-Omni ships,
/// and versions 5 and 6, which share one network.
///
/// The value is immutable and shared by all listenings; what a listening changes is in its ``State``.
public struct SileroVAD: VoiceActivityModel {
    /// The generations of the network that can be read.
    public enum Version: Sendable, Hashable {
        /// Two recurrent layers; windows of 512, 1024 or 1536 samples at 16 kHz, half as many at 8 kHz.
        case v4
        /// Versions 5 and 6: one recurrent layer; windows of 512 samples at 16 kHz with 64 samples of context, half as
        /// many at 8 kHz.
        case v5
    }

    /// The generation of the network.
    public let version: Version
    public let sampleRate: Int
    public let windowSampleCount: Int
    private let network: any SileroNetwork

    init(version: Version, sampleRate: Int, windowSampleCount: Int, network: any SileroNetwork) {
        self.version = version
        self.sampleRate = sampleRate
        self.windowSampleCount = windowSampleCount
        self.network = network
    }

    /// The state before the first window: zeros.
    public func makeState() -> State { network.makeState() }

    /// The probability of speech in `window`, in `0...1`.
    ///
    /// Samples that are not finite, or so large that sums overflow, give NaN, from that window on: such a listening has
    /// to start anew. ``probabilities(of:)`` throws instead.
    ///
    /// - Precondition: `window` holds ``windowSampleCount`` samples, and a state of this model belongs to it.
    public func speechProbability(in window: Span<Float>, state: inout State) -> Float {
        precondition(window.count == windowSampleCount, "\(window.count) samples for a window of \(windowSampleCount)")
        return network.speechProbability(in: window, state: &state)
    }
}

/// One of Silero's networks for one sample rate and window.
protocol SileroNetwork: Sendable {
    /// The state before the first window.
    func makeState() -> SileroVAD.State
    /// The probability of speech in a window of the right size.
    func speechProbability(in window: Span<Float>, state: inout SileroVAD.State) -> Float
}

extension SileroVAD {
    /// What one listening keeps between windows, and the memory that a window needs: nothing is allocated after
    /// ``SileroVAD/makeState()``. A copy is a listening of its own.
    public struct State: Sendable {
        /// Version 5: the context before the window. Version 4 starts anew with each window.
        var context: Tensor<Float>
        /// The window with what the spectrum needs around it.
        var samples: Tensor<Float>
        /// `[T, 2 · bins]`: real parts, then imaginary parts.
        var spectrum: Tensor<Float>
        /// The rows that a layer hands on to the next, `[T, C]`.
        var flow: Tensor<Float>
        /// What each layer of the encoder needs for itself.
        var layers: [LayerScratch]
        /// The recurrent layers, whose rows are all that lasts beyond the context.
        var cells: [LSTMCell.State]
        /// A row between two recurrent layers, and the one that follows it.
        var row: Tensor<Float>
        var nextRow: Tensor<Float>
        /// One number for each frame of the spectrum.
        var means: Tensor<Float>
        /// One number for each step of the recurrent layers.
        var outputs: Tensor<Float>

        /// The hidden rows of all recurrent layers, one after the other (`h` of the published files).
        package var hidden: [Float] { cells.flatMap(\.hidden) }
        /// The cells of all recurrent layers (`c` of the published files).
        package var cell: [Float] { cells.flatMap { $0.cell.scalars } }
    }

    /// Buffers of one layer.
    struct LayerScratch: Sendable {
        /// The input between rows of zeros, which are never written.
        var padded: Tensor<Float>
        var filtered: Tensor<Float>
        var mixed: Tensor<Float>

        /// Buffers for `frameCount` rows in. A plain convolution needs only the first.
        init(frameCount: Int, paddingRowCount: Int, inputWidth: Int, mixedWidth: Int? = nil) {
            padded = Tensor(zeros: [frameCount + 2 * paddingRowCount, inputWidth])
            filtered = Tensor(zeros: [mixedWidth == nil ? 0 : frameCount, inputWidth])
            mixed = Tensor(zeros: [frameCount, mixedWidth ?? 0])
        }
    }
}

extension Tensor<Float> {
    /// Writes the first `count` elements of `source`, after `offset`, from element `start` on.
    mutating func copy(_ count: Int, of source: Tensor<Float>, from offset: Int = 0, to start: Int = 0) {
        copy(source.span.extracting(offset..<offset + count), to: start)
    }

    /// Writes `source` from element `start` on.
    mutating func copy(_ source: Span<Float>, to start: Int = 0) {
        var target = mutableSpan
        precondition(start + source.count <= target.count, "\(source.count) elements at \(start) of \(target.count)")
        for i in 0..<source.count { unsafe target[unchecked: start + i] = source[unchecked: i] }
    }
}

extension SileroVAD {
    /// The probability of speech in each window of a recording, the last one filled up with zeros; empty for an empty
    /// recording.
    ///
    /// - Throws: `AudioInputError.wrongSampleRate`, `AudioInputError.notFinite`, `AudioInputError.tooLoud`.
    public func probabilities(of audio: AudioChunk) throws(AudioInputError) -> [Float] {
        try audio.require(sampleRate: sampleRate)
        var state = makeState()
        return try probabilities(of: audio.samples.span, at: 0, state: &state)
    }

    /// The probability of speech in each of the next windows of a recording that is read a piece at a time.
    ///
    /// - Parameters:
    ///   - samples: whole windows; the last one of the last piece is filled up with zeros.
    ///   - start: where they begin in the recording.
    ///   - state: what the windows before have left, `makeState()` for the first.
    /// - Throws: `AudioInputError.notFinite`, `AudioInputError.tooLoud`, with places in the recording.
    public func probabilities(
        of samples: Span<Float>, at start: Int, state: inout State
    ) throws(AudioInputError) -> [Float] {
        try samples.requireFinite(firstIndex: start)
        var probabilities: [Float] = []
        probabilities.reserveCapacity(samples.count / windowSampleCount + 1)
        for first in stride(from: 0, to: samples.count, by: windowSampleCount) {
            let window = first..<min(first + windowSampleCount, samples.count)
            let probability: Float
            if window.count == windowSampleCount {
                probability = speechProbability(in: samples.extracting(window), state: &state)
            } else {
                var last = [Float](repeating: 0, count: windowSampleCount)
                for index in window { last[index - first] = samples[index] }
                probability = speechProbability(in: last.span, state: &state)
            }
            guard probability.isFinite else {
                throw .tooLoud(sampleIndices: start + window.lowerBound..<start + window.upperBound)
            }
            probabilities.append(probability)
        }
        return probabilities
    }

    /// The speech in a recording: the reference's `get_speech_timestamps`.
    ///
    /// - Throws: as ``probabilities(of:)``.
    public func speechSegments(
        in audio: AudioChunk, _ options: SpeechTimestampOptions = .miniOmni
    ) throws(AudioInputError) -> [SpeechSegment] {
        SpeechSegmenter.segments(
            of: try probabilities(of: audio), sampleCount: audio.samples.count, options,
            windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }

    /// A machine that turns this model's probabilities into segments as they come.
    public func makeSegmenter(_ options: SpeechTimestampOptions = .miniOmni) -> SpeechSegmenter {
        SpeechSegmenter(options, windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }
}
