import Foundation
import Testing

/// The contract of `omni quantize`.
@Suite struct QuantizeTests {
    @Test(arguments: ["8", "4"]) func thePackedFolderIsAModel(bits: String) async throws {
        let folder = try TemporaryFolder()
        let packed = folder.path("packed")
        let quantize = try await Command.run("quantize", Command.nano, packed, "--bits", bits)
        #expect(quantize.status == 0 && quantize.output.isEmpty)
        #expect(quantize.messages.contains("language model int\(bits)"))

        let transcribe = try await Command.run("transcribe", AskTests.name, "--model", packed)
        #expect(transcribe.text == "What is your name?\n")
        let doctor = try await Command.run("doctor", "--model", packed)
        #expect(doctor.status == 0)
        let info = try await Command.run("info", "--model", packed)
        let line = try Regex("packed as +int\(bits)\n")
        #expect(info.status == 0 && info.text.contains(line), "\(info.text)")
        // It cannot be made more precise than it is.
        let precise = try await Command.run("transcribe", AskTests.name, "--model", packed, "--precision", "float32")
        #expect(precise.status == 65 && precise.messages.contains("packed as int"))
        let blas = try await Command.run("transcribe", AskTests.name, "--model", packed, "--engine", "blas")
        #expect(blas.status == 64)
        let again = try await Command.run("quantize", packed, folder.path("again"))
        #expect(again.status == 65)
    }

    @Test func anUnwritableFolderIsReported() async throws {
        let command = try await Command.run("quantize", Command.nano, "/dev/null/packed")
        #expect(command.status == 73)
    }

    @Test func textsCalibrate() async throws {
        let folder = try TemporaryFolder()
        let texts = folder.url.appending(path: "texts")
        try FileManager.default.createDirectory(at: texts, withIntermediateDirectories: true)
        let sums = (1...9).map { "What is \($0) plus 4? \($0) plus 4 is \($0 + 4)." }.joined(separator: "\n")
        try Data(sums.utf8).write(to: texts.appending(path: "sums.txt"))
        let quantize = try await Command.run(
            "quantize", Command.nano, folder.path("packed"), "--bits", "6", "--calibrate", texts.path, "--hold-out",
            texts.path)
        #expect(quantize.status == 0 && quantize.messages.contains("Outputs on samples held out"))
    }

    /// Samples that cannot be used, the status, and what is said of them.
    @Test(
        arguments: [
            (nil, 66, "texts"), ([:], 65, "neither WAV files nor .txt files"),
            (["a.txt": Data([0x61, 0xFF])], 65, "a.txt: the text is not UTF-8"),
            (["a.txt": Data("ab".utf8), "b.txt": Data(" \n".utf8)], 65, "b.txt: the text is empty"),
            (["a.txt": Data(count: 4 << 20 + 1)], 65, "a.txt: more than 4 MiB"),
        ] as [([String: Data]?, Int32, String)])
    func samplesThatCannotBeUsed(_ files: [String: Data]?, _ status: Int32, _ message: String) async throws {
        let folder = try TemporaryFolder()
        let texts = folder.url.appending(path: "texts")
        if let files {
            try FileManager.default.createDirectory(at: texts, withIntermediateDirectories: true)
            for (name, bytes) in files { try bytes.write(to: texts.appending(path: name)) }
        }
        let quantize = try await Command.run(
            "quantize", Command.nano, folder.path("packed"), "--bits", "4", "--calibrate", texts.path)
        #expect(quantize.status == status && quantize.messages.contains(message), "\(quantize.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("packed")))
    }
}
