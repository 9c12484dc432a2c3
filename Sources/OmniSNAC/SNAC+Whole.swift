public import OmniCore
import OmniTensor

extension SNAC {
    /// The codes of a recording, one list for each codebook, coarsest first.
    ///
    /// As in the reference, silence is added at the end up to a multiple of the frame (and of the attention window,
    /// where there is one). A recording without samples has no codes.
    ///
    /// - Throws: `AudioInputError.wrongSampleRate` or `AudioInputError.notFinite`.
    public func encode(_ audio: AudioChunk) throws(AudioInputError) -> [[Int32]] {
        var latents = try latents(of: audio)
        var work = QuantizerScratch()
        return quantizer.encode(&latents, &work)
    }

    /// The encoder's output `[T, latent]`, before the codebooks.
    func latents(of audio: AudioChunk) throws(AudioInputError) -> RowBuffer {
        try audio.require(sampleRate: configuration.sampleRate)
        try audio.samples.span.requireFinite()
        var latents = RowBuffer(width: configuration.latentChannelCount)
        guard !audio.samples.isEmpty else { return latents }

        let multiple = configuration.hopLength * configuration.paddedLatentMultiple
        let paddedCount = (audio.samples.count + multiple - 1) / multiple * multiple
        // Blocks of about this many latents keep the buffers small and the products large.
        let blockCount = configuration.hopLength * 32
        var state = encoder.makeState()
        var work = CodecScratch()
        for start in stride(from: 0, to: paddedCount, by: blockCount) {
            let end = min(start + blockCount, paddedCount)
            let known = min(start, audio.samples.count)..<min(end, audio.samples.count)
            work.x.reshape(rowCount: 0, width: 1)
            work.x.append(audio.samples.span.extracting(known))
            work.x.appendZeros(end - start - known.count)
            encoder.advance(&work, &state, isLast: end == paddedCount)
            latents.append(work.x.span)
        }
        return latents
    }

    /// The audio of lists of codes, coarsest codebook first.
    ///
    /// - Parameters:
    ///   - codes: one list for each codebook, coarsest first, together whole frames.
    ///   - noise: `nil` for the codec's own ``noise``.
    /// - Returns: `samplesPerFrame` samples for each frame.
    /// - Throws: ``SNACError`` when the lists do not make whole frames, a code is outside its codebook, or recorded
    ///   noise is too short.
    public func decode(_ codes: [[Int32]], noise: NoiseSource? = nil) throws(SNACError) -> AudioChunk {
        let frameCount = try checkedFrameCount(of: codes)
        let noise = noise ?? self.noise
        var stream = makeStream(noise: noise)
        try noise.require(configuration.sampleCounts(ofFrames: frameCount))
        var samples: [Float] = []
        samples.reserveCapacity(frameCount * configuration.samplesPerFrame)
        stream.advance(codes, frameCount: frameCount, into: &samples)
        stream.finish(into: &samples)
        return AudioChunk(samples, sampleRate: configuration.sampleRate)
    }

    /// The audio of frames; see ``decode(_:noise:)-([[Int32]],_)``.
    public func decode(
        _ frames: some Sequence<CodeFrame>, noise: NoiseSource? = nil
    ) throws(SNACError) -> AudioChunk {
        try decode(codes(of: frames), noise: noise)
    }
}

extension SNAC.Configuration {
    /// Latents of a recording come in multiples of this: whole frames and whole attention windows.
    var paddedLatentMultiple: Int {
        let (frame, window) = (latentsPerFrame, attentionWindowCount ?? 1)
        var (a, b) = (frame, window)
        while b != 0 { (a, b) = (b, a % b) }
        return frame / a * window
    }

    /// Samples in the time of each of the decoder's blocks.
    func sampleCounts(ofFrames frameCount: Int) -> [Int] {
        var count = frameCount * latentsPerFrame
        return decoderRates.map { rate in
            count *= rate
            return count
        }
    }
}
