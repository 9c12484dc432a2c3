import Foundation
import OmniPipeline
import TestSupport
import Testing

@Suite struct ModelDirectoryTests {
    private func write(_ names: [String], in folder: URL, _ text: String = "x") throws {
        for name in names {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    @Test func findsThePublishedFolder() throws {
        let folder = Fixture.url("tiny/checkpoint")
        let files = try ModelDirectory(folder)
        #expect(files.languageModel.lastPathComponent == "lit_model.pth")
        #expect(files.languageModelConfiguration.lastPathComponent == "model_config.yaml")
        #expect(files.encoder.lastPathComponent == "small.pt")
        #expect(files.codec.lastPathComponent == "snac")
        #expect(files.tokenizer.lastPathComponent == "tokenizer.json")
        #expect(files.voiceActivity == nil)
    }

    /// A file as empty as its name is long would be found; these have one byte.
    private let body = ["lit_model.pth", "model_config.yaml", "tokenizer.json"]

    @Test func findsEverythingInOnePlace() throws {
        try withTemporaryFolder { folder in
            let parts = ["small.pt", "pytorch_model.bin", "silero_vad.onnx", "smart-turn-v3.1-cpu.onnx"]
            try write(body + parts, in: folder)
            try write(["config.json"], in: folder, #"{"codebook_size": 4096}"#)
            let files = try ModelDirectory(folder)
            #expect(files.codec.path == folder.path)
            #expect(files.voiceActivity?.lastPathComponent == "silero_vad.onnx")
            #expect(files.turnEnd?.lastPathComponent == "smart-turn-v3.1-cpu.onnx")
        }
    }

    /// The configuration of a Whisper does not make a codec.
    @Test func aConfigurationOfSomethingElseIsNoCodec() throws {
        try withTemporaryFolder { folder in
            try write(body + ["small.pt", "model.safetensors"], in: folder)
            try write(["config.json"], in: folder, #"{"d_model": 768}"#)
            #expect(throws: ModelDirectoryError.self) { try ModelDirectory(folder) }
        }
    }

    /// `models--org--name/{refs,blobs,snapshots}`, links into blobs, and the codec in a repository of its own.
    @Test func findsASnapshotInTheHubsCache() throws {
        try withTemporaryFolder { cache in
            let manager = FileManager.default
            func snapshot(_ repository: String, _ files: [String]) throws -> URL {
                let root = cache.appending(path: repository)
                let snapshot = root.appending(path: "snapshots/abc")
                try manager.createDirectory(at: snapshot, withIntermediateDirectories: true)
                try write(["refs/main"], in: root, "abc\n")
                for (index, name) in files.enumerated() {
                    try write(["blobs/\(index)"], in: root)
                    try manager.createSymbolicLink(
                        atPath: snapshot.appending(path: name).path, withDestinationPath: "../../blobs/\(index)")
                }
                return snapshot
            }
            let model = try snapshot("models--gpt-omni--mini-omni", body + ["small.pt"])
            #expect(throws: ModelDirectoryError.self) { try ModelDirectory(model) }
            _ = try snapshot("models--hubertsiuzdak--snac_24khz", ["config.json", "pytorch_model.bin"])
            for url in [model, cache.appending(path: "models--gpt-omni--mini-omni")] {
                let files = try ModelDirectory(url)
                #expect(files.url.lastPathComponent == "abc")
                #expect(files.codec.path.hasSuffix("models--hubertsiuzdak--snac_24khz/snapshots/abc"))
            }
        }
    }

    @Test func findsWhispersByOtherNames() throws {
        let whisper = try Fixture.data("tiny/checkpoint/small.pt")
        for name in ["medium.en.pt", "whisper-small.safetensors", "whisper/model.safetensors"] {
            try withTemporaryFolder { folder in
                try write(body + ["snac/config.json", "snac/pytorch_model.bin", "other.pt"], in: folder)
                try write([name], in: folder)
                try whisper.write(to: folder.appending(path: name))
                #expect(try ModelDirectory(folder).encoder.path.hasSuffix(name))
            }
        }
        try withTemporaryFolder { folder in
            try write(body + ["snac/config.json", "snac/pytorch_model.bin"], in: folder)
            for name in ["a.pt", "b.pt"] { try whisper.write(to: folder.appending(path: name)) }
            #expect(
                throws: ModelDirectoryError(
                    directory: folder.path, problems: [.ambiguous(.encoder, found: ["a.pt", "b.pt"])])
            ) { try ModelDirectory(folder) }
        }
    }

    @Test func saysAtOnceWhatIsMissing() throws {
        try withTemporaryFolder { folder in
            try write(["model_config.yaml", "snac/config.json", "snac/pytorch_model.bin"], in: folder)
            try write(["tokenizer.json"], in: folder, "")
            let error = #expect(throws: ModelDirectoryError.self) { try ModelDirectory(folder) }
            let problems = try #require(error).problems
            #expect(problems.count == 3)
            #expect(
                problems.contains { problem in
                    guard case .missing(.languageModel, let names) = problem else { return false }
                    return names.starts(with: ["lit_model.pth", "lit_model.safetensors"])
                })
            #expect(problems.contains(.empty(file: "tokenizer.json")))
            #expect(try #require(error).description.contains("there is no speech encoder"))
        }
        let nowhere = URL(filePath: "/nowhere/at/all")
        #expect(throws: ModelDirectoryError(directory: nowhere.path, problems: [.noSuchFolder])) {
            try ModelDirectory(nowhere)
        }
        let file = URL(filePath: #filePath)
        #expect(throws: ModelDirectoryError(directory: file.path, problems: [.notAFolder])) {
            try ModelDirectory(file)
        }
    }
}
