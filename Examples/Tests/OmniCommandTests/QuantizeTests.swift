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
        #expect(info.status == 0 && info.text.contains("int\(bits)"))
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
}
