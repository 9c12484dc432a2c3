public import ArgumentParser
import OmniPipeline
public import OmniWhisper

/// How much of its context the encoder computes.
struct AudioContextOption: ParsableArguments {
    @Option(
        help: """
            How much the encoder hears: whole, with the silence up to 30 s that it was trained with, or trimmed to \
            what was said, which is faster and not the same.
            """)
    var audioContext = WhisperEncoder.AudioContext.whole

    /// Makes the encoder of `omni` hear so much.
    func apply(to omni: inout MiniOmni) { omni.encoder.audioContext = audioContext }

    /// Makes the encoder of a transcriber hear so much.
    func apply(to transcriber: inout WhisperTranscriber) { transcriber.model.encoder.audioContext = audioContext }
}

extension WhisperEncoder.AudioContext: @retroactive ExpressibleByArgument {}
