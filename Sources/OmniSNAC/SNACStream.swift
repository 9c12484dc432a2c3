public import OmniCore
import OmniTensor

/// One stream of audio in the making: frames in, samples out.
///
/// Every layer carries the rows that its next output needs; nothing is computed twice. A centred convolution must see
/// to its right, so samples come some frames late: with the 24 kHz codec the first 1387 come with the third frame. With
/// local attention a window of 32 latents (four frames of the published codecs) must be whole first, and three latents
/// more that the convolution before it sees: the fifth frame is the first to return samples.
/// ``finish()`` returns what is still held back; all in all a stream gives exactly `samplesPerFrame` for each frame,
/// and the samples do not depend on how the frames were chopped.
public struct SNACStream: SpeechCodecStream {
    private let codec: SNAC
    private let noise: NoiseSource
    /// Whether it computes on the calling thread alone.
    private let isConcurrent: Bool
    private var state: SNACDecoder.State
    private var work = CodecScratch()
    private var quantizerWork = QuantizerScratch()
    private var codes: [[Int32]]
    /// Frames taken so far.
    public private(set) var frameCount = 0
    private var isFinished = false

    init(_ codec: SNAC, noise: NoiseSource, isConcurrent: Bool) {
        self.codec = codec
        self.noise = noise
        self.isConcurrent = isConcurrent
        state = codec.decoder.makeState()
        codes = Array(repeating: [], count: codec.configuration.codebookStrides.count)
    }

    /// Takes the next frame; `nil` while more context is needed.
    ///
    /// - Throws: ``SNACError`` when a code is outside its codebook, the frame has another number of codes, recorded
    ///   noise is too short or the stream has ended. The stream is then as it was.
    public mutating func push(_ frame: CodeFrame) throws(SNACError) -> AudioChunk? {
        try push(contentsOf: CollectionOfOne(frame))
    }

    /// Takes several frames at once: the same samples as one by one.
    ///
    /// - Throws: as ``push(_:)``; then none of the frames is taken.
    public mutating func push(contentsOf frames: some Sequence<CodeFrame>) throws(SNACError) -> AudioChunk? {
        guard !isFinished else { throw .streamFinished }
        for index in codes.indices { codes[index].removeAll(keepingCapacity: true) }
        for frame in frames {
            try codec.layout.append(frame, to: &codes, codebookSize: codec.configuration.codebookSize)
        }
        let addedCount = (codes.first?.count ?? 0) / codec.layout.codesPerFrame[0]
        try noise.require(codec.configuration.sampleCounts(ofFrames: frameCount + addedCount))
        var samples = reserved(forFrames: addedCount)
        compute { $0.advance($0.codes, frameCount: addedCount, into: &samples) }
        return chunk(samples)
    }

    /// The samples still held back; `nil` when there are none. Afterwards the stream takes no more frames.
    public mutating func finish() -> AudioChunk? {
        guard !isFinished else { return nil }
        var samples = reserved(forFrames: 0)
        compute { $0.finish(into: &samples) }
        return chunk(samples)
    }

    private mutating func compute(_ body: (inout SNACStream) -> Void) {
        guard isConcurrent else { return body(&self) }
        codec.engine.withReservedThread { body(&self) }
    }

    private func reserved(forFrames frameCount: Int) -> [Float] {
        var samples: [Float] = []
        // A stream may let go of three frames that it held back, or of an attention window.
        samples.reserveCapacity((frameCount + 3) * codec.configuration.samplesPerFrame)
        return samples
    }

    private func chunk(_ samples: [Float]) -> AudioChunk? {
        samples.isEmpty ? nil : AudioChunk(samples, sampleRate: codec.configuration.sampleRate)
    }

    /// Decodes all frames of checked `codes` and adds the samples that are now certain.
    mutating func advance(_ codes: [[Int32]], frameCount addedCount: Int, into samples: inout [Float]) {
        for start in stride(from: 0, to: addedCount, by: codec.decoder.framesPerPass) {
            let end = min(start + codec.decoder.framesPerPass, addedCount)
            codec.quantizer.decode(codes, frames: start..<end, into: &work.x, &quantizerWork)
            codec.decoder.advance(&work, &state, noise: noise, isLast: false)
            work.x.appendScalars(to: &samples)
        }
        frameCount += addedCount
    }

    /// Adds the samples that were held back.
    mutating func finish(into samples: inout [Float]) {
        work.x.reshape(rowCount: 0, width: codec.configuration.latentChannelCount)
        codec.decoder.advance(&work, &state, noise: noise, isLast: true)
        work.x.appendScalars(to: &samples)
        isFinished = true
    }
}

extension RowBuffer {
    fileprivate func appendScalars(to array: inout [Float]) {
        let rows = span
        for i in rows.indices { array.append(rows[i]) }
    }
}
