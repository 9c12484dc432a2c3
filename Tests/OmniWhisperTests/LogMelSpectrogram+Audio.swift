import OmniCore
import OmniTensor
import OmniWhisper

extension LogMelSpectrogram {
    // A span of a property of a getter that throws trips the compiler's ownership checks (6.3.1).
    func callAsFunction(_ audio: AudioChunk) throws(AudioInputError) -> Tensor<Float> { try self(audio.samples.span) }
}
