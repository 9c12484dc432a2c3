import Foundation
import OmniCore
import OmniTensor
import OmniVAD
import TestSupport
import Testing

/// Files and audio that are well formed, but not what is needed.
@Suite struct BadUseTests {
    private func loadingError(_ file: String, sampleRate: Int = 16_000, window: Int? = nil) -> CheckpointError.Code? {
        do {
            _ = try SileroVAD.load(from: Fixture.url(file), sampleRate: sampleRate, windowSampleCount: window)
            return nil
        } catch { return (error as? CheckpointError)?.code }
    }

    @Test func whatANetworkDoesNotHaveIsAnError() {
        #expect(loadingError("vad/synthetic/v4.onnx", sampleRate: 44_100) == .noSuchVariant)
        #expect(loadingError("vad/synthetic/v4.onnx", window: 1000) == .noSuchVariant)
        #expect(loadingError("vad/synthetic/v4.onnx", sampleRate: 8000, window: 1024) == .noSuchVariant)
        #expect(loadingError("vad/synthetic/v5.onnx", window: 1024) == .noSuchVariant)
        #expect(loadingError("vad/synthetic/v5_16k.safetensors", sampleRate: 8000) == .noSuchVariant)
        #expect(loadingError("vad/synthetic/nowhere.onnx") == .unreadable)
        #expect(loadingError("vad/synthetic") == .unreadable)
        #expect(loadingError("vad/vad.json") == .malformed)
        #expect(loadingError("vad/vad_20s_16k.wav") == .malformed)
        // Safetensors, but of something else.
        #expect(loadingError("vad/probs.safetensors") == .unknownNetwork)
        #expect(loadingError("vad/synthetic/v4.onnx") == nil)
    }

    /// The same tensors in a file of PyTorch, and files that lie where the model should be.
    @Test func theContentsTellWhatAFileIs() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString).pt")
        defer { try? FileManager.default.removeItem(at: url) }
        let stored = try Checkpoint(contentsOf: Fixture.url("vad/synthetic/v5_16k.safetensors"))
        let tensors = try Dictionary(
            uniqueKeysWithValues: stored.entries.keys.map { ($0, WritableTensor(try stored.floats($0))) })
        try PyTorchArchiveWriter.write(CheckpointDictionary(tensors), to: url)
        #expect(try SileroVAD.load(from: url).version == .v5)
        // What lies beside the network's own names is passed over, whatever the type of its elements.
        var others = tensors
        others["other"] = WritableTensor(Tensor<Float>(zeros: [1]))
        others["count"] = WritableTensor(exactly: Tensor<Int64>(zeros: [1]))
        try PyTorchArchiveWriter.write(CheckpointDictionary(others), to: url)
        #expect(try SileroVAD.load(from: url).version == .v5)
        others["conv1.extra"] = WritableTensor(exactly: Tensor<Int64>(zeros: [1]))
        try PyTorchArchiveWriter.write(CheckpointDictionary(others), to: url)
        let unknown = try #require(throws: CheckpointError.self) { try SileroVAD.load(from: url) }
        #expect(unknown.code == .unknownNetwork && unknown.reason.contains("conv1.extra"), "\(unknown)")
        let script = try #require(throws: CheckpointError.self) {
            try SileroVAD.load(from: Fixture.url("torch_files/script.pt"))
        }
        #expect(script.code == .unsupported && script.reason.contains("TorchScript"), "\(script)")
        #expect(loadingError("torch_files/plain.pt") == .unknownNetwork)
        #expect(loadingError("torch_files/legacy.pt") == .unknownNetwork)
        let mistaken = [
            ("", "empty"), ("version https://git-lfs.github.com/spec/v1\n", "git lfs pull"), ("<html>", "web page"),
        ]
        for (text, name) in mistaken {
            try Data(text.utf8).write(to: url)
            let error = try #require(throws: CheckpointError.self) { try SileroVAD.load(from: url) }
            #expect(error.code == .malformed && error.reason.contains(name), "\(error)")
            let same = try #require(throws: CheckpointError.self) { try SileroVAD(onnx: Data(text.utf8)) }
            #expect(same.code == .malformed && same.reason == error.reason, "\(same)")
        }
    }

    /// A device, and a pipe that no process writes to, which an ordinary opening waits for.
    @Test(.timeLimit(.minutes(1))) func whatIsNoRegularFileIsAnError() throws {
        let pipe = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        let path = pipe.path(percentEncoded: false)
        try #require(unsafe mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(at: pipe) }
        for url in [pipe, URL(filePath: "/dev/zero")] {
            let error = #expect(throws: CheckpointError.self) { try SileroVAD.load(from: url) }
            #expect(error?.reason == "this is not a regular file")
        }
    }

    @Test func aMissingOrMisshapenWeightIsAnError() throws {
        let original = try [UInt8](Fixture.data("vad/synthetic/v5_16k.safetensors"))
        let text = String(decoding: original, as: UTF8.self)
        #expect(text.contains("[16, 129, 3]"))
        func code(replacing old: String, by new: String) throws -> CheckpointError.Code? {
            var bytes = original
            let range = try #require(Data(original).range(of: Data(old.utf8)))
            bytes.replaceSubrange(range, with: new.utf8)
            let url = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
            try Data(bytes).write(to: url)
            defer { try? FileManager.default.removeItem(at: url) }
            do {
                _ = try SileroVAD.load(from: url)
                return nil
            } catch let error as CheckpointError { return error.code }
        }
        #expect(try code(replacing: "[16, 129, 3]", by: "[129, 3, 16]") == .shapeMismatch)
        #expect(try code(replacing: "[16, 129, 3]", by: "[16, 129, 9]") == .malformed)
        #expect(try code(replacing: "conv1.weight", by: "conv9.weight") == .unknownNetwork)
    }

    @Test func anotherRateIsAnError() throws {
        let model = try SileroVAD.load(from: Fixture.url("vad/synthetic/v5.onnx"))
        #expect(throws: AudioInputError.wrongSampleRate(expected: 16_000, found: 8000)) {
            try model.probabilities(of: AudioChunk([0, 0], sampleRate: 8000))
        }
    }

    @Test(arguments: ["v4", "v5"]) func samplesThatAreNotFiniteAreAnError(_ name: String) throws {
        let model = try SileroVAD.load(from: Fixture.url("vad/synthetic/\(name).onnx"))
        for bad in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
            var samples = [Float](repeating: 0.1, count: 3000)
            samples[2222] = bad
            let start = 2222 / model.windowSampleCount * model.windowSampleCount
            let expected: AudioInputError =
                bad.isFinite
                ? .tooLoud(sampleIndices: start..<min(start + model.windowSampleCount, 3000))
                : .notFinite(sampleIndex: 2222)
            #expect(throws: expected) { try model.probabilities(of: AudioChunk(samples, sampleRate: 16_000)) }
        }
    }

    /// A recording in pieces, and places in all of it.
    @Test(arguments: ["v4", "v5"]) func piecesOfARecording(_ name: String) throws {
        let model = try SileroVAD.load(from: Fixture.url("vad/synthetic/\(name).onnx"))
        var samples = (0..<5 * model.windowSampleCount + 7).map { Float($0 % 40) / 50 }
        let whole = try model.probabilities(of: AudioChunk(samples, sampleRate: 16_000))
        var state = model.makeState()
        let split = 2 * model.windowSampleCount
        var pieces = try model.probabilities(of: Array(samples[..<split]).span, at: 0, state: &state)
        var other = state
        pieces += try model.probabilities(of: Array(samples[split...]).span, at: split, state: &state)
        #expect(pieces == whole)
        samples[split + 3] = .greatestFiniteMagnitude
        let rest = Array(samples[split...])
        #expect(throws: AudioInputError.tooLoud(sampleIndices: split..<split + model.windowSampleCount)) {
            try model.probabilities(of: rest.span, at: split, state: &other)
        }
    }

    @Test(arguments: ["v4", "v5"]) func shortSoundIsFilledUp(_ name: String) throws {
        let model = try SileroVAD.load(from: Fixture.url("vad/synthetic/\(name).onnx"))
        #expect(try model.probabilities(of: AudioChunk([], sampleRate: 16_000)) == [])
        #expect(try model.speechSegments(in: AudioChunk([], sampleRate: 16_000)) == [])
        let one = try model.probabilities(of: AudioChunk([0.5], sampleRate: 16_000))
        let rest = [Float](repeating: 0, count: model.windowSampleCount - 1)
        #expect(try model.probabilities(of: AudioChunk([0.5] + rest, sampleRate: 16_000)) == one)
    }
}
