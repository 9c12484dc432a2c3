import Foundation
import OmniCore
import OmniPipeline
import OmniTokenizer
import OmniWhisper
import TestSupport
import Testing

/// Where a Whisper model's tokenizer comes from.
@Suite struct TranscriberLoadingTests {
    private let model = Fixture.url("whisper/transcription/small.pt")
    private let ranks = Fixture.url("whisper/transcription/small.tiktoken")

    private func transcribe(_ transcriber: WhisperTranscriber) throws -> Transcript {
        try transcriber.transcribe(Fixture.audio("audio/q_short_16k.wav"), TranscriptionOptions(temperature: 0))
    }

    @Test func aFileThatIsNamedIsTaken() throws {
        #expect(try transcribe(.load(from: model, tokenizer: ranks)).language == "es")
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(at: ranks, to: folder.appending(path: "multilingual.tiktoken"))
            #expect(try transcribe(.load(from: model, tokenizer: folder)).language == "es")
        }
    }

    @Test func aRankFileBesideTheModelIsTaken() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "base.pt")
            try FileManager.default.copyItem(at: model, to: file)
            let error = #expect(throws: TranscriberLoadingError.self) { try WhisperTranscriber.load(from: file) }
            #expect(error?.directory == folder.path)
            #expect(error?.description.contains("multilingual.tiktoken") == true)
            try FileManager.default.copyItem(at: ranks, to: folder.appending(path: "multilingual.tiktoken"))
            let found = try transcribe(.load(from: file))
            let expected = try transcribe(.load(from: model, tokenizer: ranks))
            // Not the probabilities: OpenBLAS rounds differently while other threads use it as well.
            #expect(found.text == expected.text && found.language == expected.language)
            #expect(found.segments.map(\.tokens) == expected.segments.map(\.tokens))
            #expect(found.segments.map(\.start) == expected.segments.map(\.start))
            #expect(found.segments.map(\.end) == expected.segments.map(\.end))
        }
    }

    @Test func aTokenizerOfAnotherModelIsAnError() throws {
        #expect(throws: WhisperError.unknownVocabulary(vocabularyCount: 1914, textTokenCount: 436)) {
            try WhisperTranscriber.load(from: model, tokenizer: Fixture.url("tiny/checkpoint/tokenizer.json"))
        }
    }

    @Test func modelsAreToldApart() throws {
        #expect(WhisperTranscriber.isModel(at: model))
        #expect(!WhisperTranscriber.isModel(at: Fixture.url("tiny/checkpoint")))
        #expect(!WhisperTranscriber.isModel(at: URL(filePath: "/nowhere")))
        try withTemporaryFolder { folder in
            #expect(!WhisperTranscriber.isModel(at: folder))
            try Data(#"{"model_type": "whisper"}"#.utf8).write(to: folder.appending(path: "config.json"))
            #expect(WhisperTranscriber.isModel(at: folder))
        }
    }
}
