import Foundation
import OmniCore
import OmniTensor
import OmniWhisper
import TestSupport
import Testing

// The examples of the documentation, word for word.
private func features(of samples: [Float], file: URL) throws -> Tensor<Float> {
    let encoder = try WhisperEncoder.load(from: file)
    return try encoder.encode(AudioChunk(samples, sampleRate: 16_000))  // [T, D]
}

private func listen(to pieces: some Sequence<[Float]>, with encoder: WhisperEncoder) throws -> Tensor<Float> {
    var stream = encoder.spectrogram.makeStream()
    for piece in pieces { try stream.push(piece.span) }
    let rowCount = encoder.featureCount(forSampleCount: stream.sampleCount)
    return encoder.encode(stream.finish(), keeping: rowCount)
}

private func transcript(
    of audio: AudioChunk, model file: URL, tokenizer: any Tokenizer, textTokenCount: Int
) throws -> Transcript {
    let model = try Whisper.load(from: file)
    let vocabulary = try WhisperVocabulary(
        tokenizer, textTokenCount: textTokenCount, vocabularyCount: model.decoder.configuration.vocabularyCount)
    let transcriber = WhisperTranscriber(model, vocabulary)
    return try transcriber.transcribe(audio, TranscriptionOptions(language: "en", hasWordTimes: true))
}

@Suite struct DocumentationExampleTests {
    @Test func theExampleOfTranscriptionRuns() throws {
        let vocabulary = try GoldenTranscription.vocabulary()
        let found = try transcript(
            of: GoldenTranscription.audio("q_name_16k.wav"),
            model: Fixture.url(GoldenTranscription.folder + "small.pt"), tokenizer: vocabulary.tokenizer,
            textTokenCount: 400)
        #expect(found.language == "en")
        #expect(!found.segments.isEmpty)
    }

    @Test func theExamplesOfTheOverviewRun() throws {
        let file = Fixture.url("tiny/checkpoint/small.pt")
        let samples = try GoldenClip.audio("q_name_24k").samples
        #expect(try features(of: samples, file: file).shape == [51, 32])
        // Bit by bit wants an engine that adds up in one order; OpenBLAS does not always.
        let encoder = try WhisperEncoder.load(from: file, engine: Engine.native.value)
        let whole = try encoder.encode(AudioChunk(samples, sampleRate: 16_000))
        let pieces = [Array(samples.prefix(5000)), [], Array(samples.dropFirst(5000))]
        let streamed = try listen(to: pieces, with: encoder)
        #expect(streamed == whole)
    }
}
