import Dispatch
import Foundation
import OmniCore
import OmniGPT
import OmniPipeline
import OmniTensor
import OmniTesting
import Synchronization
import TestSupport
import Testing

/// A model whose folder holds its weights packed.
@Suite struct PackedModelTests {
    private static let nano = Fixture.examples.appending(path: "Models/nano")
    private let engine = NativeEngine.forTests

    private func withPackedModel<Result>(
        of model: URL = nano, _ precision: PrecisionPlan, _ body: (URL) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await MiniOmni.pack(ModelDirectory(model), into: folder, precision: precision)
        return try await body(folder)
    }

    private func answers(_ omni: MiniOmni) async throws -> [Reply] {
        let session = omni.makeSession()
        let recording = Fixture.url("audio/q_name_16k.wav")
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 40))
        return try await [
            session.answer(to: AudioChunk(contentsOfWAV: recording), mode: .speechToSpeechBatch, options: options),
            session.answer(to: "What is your name?", mode: .textToSpeech, options: options),
        ]
    }

    /// Not one bit differs from packing the published files at load.
    @Test(arguments: [PrecisionPlan.float32, .bfloat16, .int8, .mixed, .int4, .init(encoder: .int4, model: .bfloat16)])
    func answersAsThePublishedFiles(_ precision: PrecisionPlan) async throws {
        let published = try await MiniOmni.load(from: Self.nano, engine: engine, precision: precision)
        let expected = try await answers(published)
        try await withPackedModel(precision) { folder in
            let omni = try await MiniOmni.load(from: folder, engine: engine)
            let replies = try await answers(omni)
            for (reply, expected) in zip(replies, expected) {
                #expect(reply.tokens == expected.tokens)
                #expect(reply.audio == expected.audio)
            }
        }
    }

    /// An actor with a queue of its own, as a user interface has.
    private actor Interface {
        private final class Line: SerialExecutor {
            static let key = DispatchSpecificKey<Bool>()
            private let queue = DispatchQueue(label: "interface")

            init() { queue.setSpecific(key: Self.key, value: true) }

            func enqueue(_ job: consuming ExecutorJob) {
                let job = UnownedJob(job)
                queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
            }
        }

        private let line = Line()
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe line.asUnownedSerialExecutor() }

        /// Whether each step of packing a model held the actor up.
        func pack(_ model: URL, into folder: URL) async throws -> [Bool] {
            let steps = Mutex<[Bool]>([])
            try await MiniOmni.pack(ModelDirectory(model), into: folder) { _ in
                steps.withLock { $0.append(DispatchQueue.getSpecific(key: Line.key) ?? false) }
            }
            return steps.withLock(\.self)
        }
    }

    /// Whoever packs a model from its user interface does not stop it.
    @Test func packingHasAThreadOfItsOwn() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let steps = try await Interface().pack(Fixture.url("tiny/checkpoint"), into: folder)
        #expect(steps == [false, false, false])
    }

    @Test func packingStopsWhenItIsCancelled() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let packing = Task {
            try await MiniOmni.pack(ModelDirectory(Fixture.url("tiny/checkpoint")), into: folder) { _ in
                unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await packing.value }
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "whisper").path))
    }

    @Test func otherShapesOfModelsPackAsWell() async throws {
        let tiny = Fixture.url("tiny/checkpoint")
        let expected = try await answers(MiniOmni.load(from: tiny, engine: engine, precision: .automatic))
        try await withPackedModel(of: tiny, .automatic) { folder in
            let replies = try await answers(MiniOmni.load(from: folder, engine: engine))
            #expect(replies.map(\.tokens) == expected.map(\.tokens))
        }
    }

    /// Embedding and head are one table, in the file as in memory.
    @Test func theSharedTableIsKeptOnce() async throws {
        try await withPackedModel(.int8) { folder in
            let shape = try OmniGPT.Configuration.load(from: folder.appending(path: "model_config.yaml"))
            let file = try Checkpoint(contentsOf: folder.appending(path: "lit_model.safetensors"))
            let tables = file.packedMatrices.filter { $0.value.outputWidth == shape.textVocabularyCount }
            #expect(Array(tables.keys) == ["transformer.wte.weight.text"])
        }
    }

    /// Attention takes 8 bits in both; with ``PrecisionPlan/mixed`` so do the perceptrons outside the middle.
    @Test(arguments: [PrecisionPlan.int4, .mixed])
    func eachMatrixIsKeptByWhatItsRoundingCosts(_ precision: PrecisionPlan) async throws {
        try await withPackedModel(precision) { folder in
            #expect(try ModelDirectory(folder).precision(published: .float32) == precision)
            let shape = try OmniGPT.Configuration.load(from: folder.appending(path: "model_config.yaml"))
            let matrices = try Checkpoint(contentsOf: folder.appending(path: "lit_model.safetensors")).packedMatrices
            for layer in 0..<shape.layerCount {
                let block = matrices.filter { $0.key.hasPrefix("transformer.h.\(layer).") }
                let attention = block.filter { $0.key.contains(".attn.") }
                let perceptron = block.filter { $0.key.contains(".mlp.") }
                #expect(attention.count == 2 && attention.values.allSatisfy { $0.precision == .int8 })
                let isOutside = layer < (shape.layerCount + 5) / 6 || layer >= (shape.layerCount * 7 + 11) / 12
                let expected = precision == .mixed && isOutside ? WeightPrecision.int8 : .int4
                let inputs = perceptron.filter { !$0.key.contains(".proj.") }
                #expect(inputs.count == 2 && inputs.values.allSatisfy { $0.precision == expected })
                let isMiddle = layer * 3 >= shape.layerCount && layer * 24 < shape.layerCount * 11
                let output = try #require(perceptron["transformer.h.\(layer).mlp.proj.weight"])
                #expect(output.precision == (precision == .mixed && !isMiddle ? .int8 : .int4))
            }
            let table = try #require(matrices["transformer.wte.weight.text"])
            #expect(table.precision == .int4)
        }
    }

    @Test func theFolderKnowsItsPrecision() async throws {
        try await withPackedModel(.int4) { folder in
            #expect(try ModelDirectory(folder).precision(published: .float32) == .int4)
            #expect(try ModelDirectory(Self.nano).precision(published: .bfloat16) == .bfloat16)
            let omni = try await MiniOmni.load(from: folder, engine: engine, precision: .int4)
            #expect(omni.loadDurations != nil)
            let error = await #expect(throws: ModelDirectoryError.self) {
                try await MiniOmni.load(from: folder, engine: engine, precision: .bfloat16)
            }
            #expect(
                error?.problems == [
                    .packed(.languageModel, as: .int4, wanted: .bfloat16),
                    .packed(.encoder, as: .int8, wanted: .bfloat16),
                ])
            await #expect(throws: ComputeEngineError.cannotOpenPackedWeights(engine: "blas")) {
                try await MiniOmni.load(from: folder, engine: BLASEngine())
            }
        }
    }

    @Test func onlyPublishedWeightsArePacked() async throws {
        let nano = try ModelDirectory(Self.nano)
        let other = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: other) }
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try Data().write(to: other.appending(path: "small.pt"))
        await #expect(
            throws: ModelDirectoryError(directory: other.path, problems: [.packedOntoAnother("small.pt")])
        ) {
            try await MiniOmni.pack(ModelDirectory(Self.nano), into: other)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path) == ["small.pt"])
        await #expect(throws: ModelDirectoryError(directory: Self.nano.path, problems: [.packedOntoItself])) {
            try await MiniOmni.pack(nano, into: Self.nano.appending(path: "../nano"))
        }
        try await withPackedModel(.int8) { folder in
            let packed = try ModelDirectory(folder)
            let error = await #expect(throws: ModelDirectoryError.self) {
                try await MiniOmni.pack(packed, into: folder.appending(path: "again"))
            }
            #expect(error?.problems == [.packedAlready(.languageModel)])
        }
    }

    /// Damage anywhere in the language model's file: it loads, or says what is wrong.
    @Test func damagedFilesAreRefusedOrRead() async throws {
        try await withPackedModel(of: Fixture.url("tiny/checkpoint"), .int8) { folder in
            let configuration = folder.appending(path: "model_config.yaml")
            let file = folder.appending(path: "lit_model.safetensors")
            let whole = try Data(contentsOf: file)
            var noise = Noise(seed: 41)
            var refusedCount = 0
            for _ in 0..<300 {
                var bytes = whole
                // Mostly in the header, where the lies are.
                let place = Int.random(in: 0..<min(6000, bytes.count), using: &noise)
                if Bool.random(using: &noise) {
                    bytes[place] = UInt8.random(in: 0x20...0x7e, using: &noise)
                } else {
                    bytes.removeLast(Int.random(in: 1...bytes.count - 1, using: &noise))
                }
                let damaged = folder.appending(path: "damaged.safetensors")
                try bytes.write(to: damaged)
                do {
                    _ = try OmniGPT.load(weights: damaged, configuration: configuration, engine: engine)
                } catch is CheckpointError {
                    refusedCount += 1
                }
            }
            #expect(refusedCount > 150)
        }
    }
}
