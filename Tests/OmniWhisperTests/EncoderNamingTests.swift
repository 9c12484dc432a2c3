import Foundation
import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

/// The same weights under the names and in the files of openai-whisper and of Hugging Face.
@Suite struct EncoderNamingTests {
    private let audio = RandomWhisper.audio(4000)

    private func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private func writable(_ tensors: [String: Tensor<Float>]) -> [String: WritableTensor] {
        tensors.mapValues { WritableTensor($0) }
    }

    @Test(arguments: ["model.encoder", "encoder"], Engine.allCases)
    func huggingFaceNamesGiveTheSameFeatures(root: String, _ engine: Engine) throws {
        let configuration = RandomWhisper.configuration
        let expected = try RandomWhisper.make(engine).encode(audio)
        let tensors = RandomWhisper.tensors(configuration, names: .huggingFace(root: root))
        let found = try withTemporaryFolder { folder in
            try SafetensorsWriter.write(writable(tensors), to: folder.appending(path: "model.safetensors"))
            try JSONEncoder().encode(configuration).write(to: folder.appending(path: "config.json"))
            let encoder = try WhisperEncoder.load(from: folder, engine: engine.value)
            #expect(encoder.configuration == configuration)
            return try encoder.encode(audio)
        }
        if engine == .blas {
            // OpenBLAS adds up in another order while another caller keeps the process to one of its threads.
            #expect(Tolerance.relativeDifference(found, expected) < 1e-5)
        } else {
            #expect(found == expected)
        }
    }

    @Test func aPublishedFileNamesItsDimensions() throws {
        let configuration = RandomWhisper.configuration
        let tensors = RandomWhisper.tensors(configuration, names: .openAI(.encoder, root: "encoder"))
        let dimensions: CheckpointDictionary = [
            "n_mels": .scalar(.integer(10)), "n_audio_ctx": .scalar(.integer(30)),
            "n_audio_state": .scalar(.integer(16)), "n_audio_head": .scalar(.integer(4)),
            "n_audio_layer": .scalar(.integer(2)), "n_vocab": .scalar(.integer(51_865)),
        ]
        let found = try withTemporaryFolder { folder in
            let file = folder.appending(path: "small.pt")
            try PyTorchArchiveWriter.write(
                [
                    "dims": .dictionary(dimensions),
                    "model_state_dict": .dictionary(CheckpointDictionary(writable(tensors))),
                ],
                to: file)
            return try WhisperEncoder.load(from: file, engine: Engine.native.value)
        }
        #expect(found.configuration == configuration)
        #expect(try found.encode(audio) == RandomWhisper.make(.native).encode(audio))
    }

    /// Heads of 64 are assumed, as in every published model.
    @Test func shapesTellTheDimensions() throws {
        let configuration = WhisperEncoder.Configuration(
            melBinCount: 128, contextLength: 20, width: 128, headCount: 2, layerCount: 3)
        for names in [WhisperNames.openAI(.encoder, root: "encoder"), .huggingFace(root: "model.encoder")] {
            let tensors = RandomWhisper.tensors(configuration, names: names)
            let found = try WhisperEncoder.Configuration(shapesOf: WeightScope(InMemoryTensors(tensors)))
            #expect(found == configuration)
        }
        let odd = RandomWhisper.tensors(RandomWhisper.configuration)
        #expect(throws: ModelConfigurationError.self) {
            try WhisperEncoder.Configuration(shapesOf: WeightScope(InMemoryTensors(odd)))
        }
    }

    /// openai-whisper stores the sines, Hugging Face's early exports did not.
    @Test func positionsThatAreNotStoredAreSines() throws {
        var tensors = RandomWhisper.tensors(RandomWhisper.configuration)
        let name = "model_state_dict.encoder.positional_embedding"
        tensors[name] = try EncoderStem.sinusoids(length: 30, width: 16)
        func features(_ tensors: [String: Tensor<Float>]) throws -> Tensor<Float> {
            try WhisperEncoder(
                WeightScope(InMemoryTensors(tensors)), configuration: RandomWhisper.configuration,
                engine: BLASEngine()
            ).encode(audio)
        }
        let stored = try features(tensors)
        tensors[name] = nil
        #expect(try features(tensors) == stored)
    }

    @Test func computedSinesAreThePublishedOnes() throws {
        let checkpoint = try Checkpoint(contentsOf: Fixture.url("tiny/checkpoint/small.pt"))
        let stored = try checkpoint.floats("model_state_dict.encoder.positional_embedding")
        let computed = try EncoderStem.sinusoids(length: stored.shape[0], width: stored.shape[1])
        // The file keeps half precision.
        #expect(Tolerance.largestDifference(computed, stored) < 1e-3)
    }

    @Test func aFolderWithoutWeightsIsAnError() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: CheckpointError.self) { try WhisperEncoder.load(from: folder) }
            #expect(error?.code == .noWeights && error?.file == folder.path)
        }
    }

    @Test(arguments: [
        "", "[]", "{", "{}", #"{"num_mel_bins": "80"}"#, #"{"d_model": 16}"#,
        #"{"num_mel_bins":10,"max_source_positions":30,"d_model":16,"encoder_attention_heads":4,"#
            + #""encoder_layers":1e99}"#,
        #"{"num_mel_bins":10,"max_source_positions":30,"d_model":16,"encoder_attention_heads":4,"#
            + #""encoder_layers":2,"activation_function":"relu"}"#,
    ])
    func aConfigurationThatIsNoneIsAnError(_ json: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "config.json")
            try Data(json.utf8).write(to: file)
            #expect(throws: ModelConfigurationError.self) { try WhisperEncoder.Configuration(contentsOf: file) }
        }
        #expect(throws: ModelConfigurationError.self) {
            try WhisperEncoder.Configuration(contentsOf: URL(filePath: "/nowhere/config.json"))
        }
    }

    /// A dimension that no encoder has is an error of the file that it stands in.
    @Test func wrongDimensionsNameTheirFile() throws {
        var configuration = RandomWhisper.configuration
        configuration.headCount = 3
        let tensors = RandomWhisper.tensors(RandomWhisper.configuration, names: .huggingFace(root: "encoder"))
        let dimensions: CheckpointDictionary = ["n_mels": .scalar(.integer(10))]
        try withTemporaryFolder { folder in
            let config = folder.appending(path: "config.json")
            try SafetensorsWriter.write(writable(tensors), to: folder.appending(path: "model.safetensors"))
            try JSONEncoder().encode(configuration).write(to: config)
            let reason = "a width of 16 cannot be split into 3 heads"
            let fault = ModelConfigurationError(.invalid, file: config.path, field: "n_audio_head", reason: reason)
            #expect(throws: fault) { try WhisperEncoder.load(from: folder) }
            #expect(throws: fault) { try WhisperEncoder.configuration(at: folder) }
            let file = folder.appending(path: "small.pt")
            try PyTorchArchiveWriter.write(
                [
                    "dims": .dictionary(dimensions),
                    "model_state_dict": .dictionary(CheckpointDictionary(writable(tensors))),
                ],
                to: file)
            let missing = ModelConfigurationError(
                .invalid, file: file.path, field: "n_audio_ctx", reason: "there is no integer of that name")
            #expect(throws: missing) { try WhisperEncoder.load(from: file) }
        }
    }

    @Test func configurationsSurviveARoundTrip() throws {
        for configuration in RandomWhisper.configurations + [.small] {
            let data = try JSONEncoder().encode(configuration)
            #expect(try JSONDecoder().decode(WhisperEncoder.Configuration.self, from: data) == configuration)
        }
    }
}
