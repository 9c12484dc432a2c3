public import OmniCore
public import OmniTensor

extension WhisperEncoder {
    /// One utterance while it is spoken: its spectrogram grows with it, and only the network is left for the end.
    public struct Stream: SpeechEncoderStream {
        private let encoder: WhisperEncoder
        private var spectrogram: LogMelSpectrogram.Stream

        init(_ encoder: WhisperEncoder) {
            self.encoder = encoder
            spectrogram = encoder.spectrogram.makeStream()
        }

        /// Takes the next samples at 16 kHz. What lies beyond ``WhisperEncoder/maximumSampleCount`` is counted and
        /// dropped.
        ///
        /// - Throws: `AudioInputError.notFinite`, and takes nothing then.
        public mutating func push(_ samples: Span<Float>) throws(AudioInputError) { try spectrogram.push(samples) }

        /// Encodes the utterance.
        ///
        /// - Returns: the same rows as ``WhisperEncoder/encode(_:)`` for the whole, bit by bit.
        public consuming func finish() -> Tensor<Float> {
            let rowCount = encoder.featureCount(forSampleCount: spectrogram.sampleCount)
            return encoder.encode(spectrogram.finish(), keeping: rowCount)
        }

        /// Encodes the utterance block by block.
        public consuming func makeEncoding() -> WhisperEncoding {
            let rowCount = encoder.featureCount(forSampleCount: spectrogram.sampleCount)
            return WhisperEncoding(encoder, of: spectrogram.finish(), keeping: rowCount)
        }
    }

    /// A stream that computes the spectrogram while audio arrives.
    public func makeStream() -> Stream { Stream(self) }
}
