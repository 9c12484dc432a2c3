import Foundation
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// Files that are not what they say: a configuration or a typed error, never a trap, a hang or memory without bound.
@Suite struct HostileConfigurationTests {
    private func isRefused(_ text: String) -> Bool {
        do {
            _ = try OmniGPT.Configuration(yaml: text)
            return false
        } catch {
            return true
        }
    }

    @Test(arguments: [
        "", "\n", "# nothing", "text", "[1, 2]", "- a\n- b", "{", "a: b: c", "\t", "%YAML 3.0\n", "a: 1\na: 2",
    ])
    func notAMapping(text: String) { #expect(isRefused(text)) }

    /// Depth is stack, and a parser recurses.
    @Test(arguments: ["[", "{", "- ", "? ", "{a: [", "a:\n "])
    func deepNesting(opening: String) {
        for depth in [65, 1_000, 20_000] {
            #expect(isRefused("a: " + String(repeating: opening, count: depth)))
            #expect(isRefused(String(repeating: opening, count: depth)))
        }
        let staircase = (0..<2_000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(isRefused(staircase))
    }

    /// A few lines that would be 2^40 nodes.
    @Test func aliases() {
        let lines = (1..<40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        #expect(isRefused((["a0: &a0 [x]"] + lines).joined(separator: "\n")))
        #expect(isRefused("a: &x 1\nb: *x"))
        #expect(isRefused("? &x a\n: 1"))
    }

    @Test func filesThatAreNoText() throws {
        func refuses(_ bytes: some Sequence<UInt8>) throws -> Bool {
            try withTemporaryFile(bytes) { url in
                do {
                    _ = try OmniGPT.Configuration.load(from: url)
                    return false
                } catch let error as ModelConfigurationError {
                    return error.code == .malformed && error.file == url.path
                }
            }
        }
        #expect(try refuses([]))
        #expect(try refuses([0xff, 0xfe, 0x00]))
        #expect(try refuses([UInt8](repeating: 0, count: 100)))
        #expect(try refuses(repeatElement(UInt8(ascii: "a"), count: 10_000_000)))
        let folder = FileManager.default.temporaryDirectory
        for file in [folder, folder.appending(path: "omni-none")] {
            let error = #expect(throws: ModelConfigurationError.self) { try OmniGPT.Configuration.load(from: file) }
            #expect(error?.code == .unreadable && error?.file == file.path)
        }
    }

    private static let fields = [
        "block_size", "n_layer", "n_head", "n_embd", "head_size", "n_query_groups", "intermediate_size", "vocab_size",
        "padding_multiple", "padded_vocab_size", "text_vocab_size", "audio_vocab_size", "whisper_adapter_dim",
        "n_expert", "n_expert_per_token", "rope_base", "rope_condense_ratio", "rotary_percentage", "norm_eps",
        "post_adapter_layers", "cat_audio_vocab_size",
    ]
    private static let lies = [
        "-9223372036854775808", "9223372036854775807", "-1", "0", "1", "2", "3", "16777216", "16777217", "2147483648",
        "4611686018427387904", "1e308", "-.inf", ".nan", "99999999999999999999999", "true", "''", "0x7fffffffffffffff",
    ]

    /// Every model has these sizes, and none has them so.
    private static let sizes = [
        "block_size", "n_layer", "n_head", "n_embd", "head_size", "n_query_groups", "padded_vocab_size",
    ]
    private static let impossibleSizes = [
        "-9223372036854775808", "-1", "1e308", "-.inf", ".nan", "99999999999999999999999",
    ]

    /// One field that lies, in files that state little and files that state all: the model is built as the checkpoint
    /// has weights for it, or there is a typed error.
    @Test(arguments: fields) func numbersThatLie(field: String) throws {
        let good = try FileManager.default.contentsOfDirectory(atPath: Fixture.url("tiny/gpt_variants").path)
            .filter { !$0.contains(".") }.sorted()
        #expect(good.count == 18)
        for variant in good {
            let folder = Fixture.url("tiny/gpt_variants/\(variant)")
            let text = try String(contentsOf: folder.appending(path: "model_config.yaml"), encoding: .utf8)
            let rest = text.split(separator: "\n").filter { !$0.hasPrefix(field + ":") }.joined(separator: "\n")
            let checkpoint = try Checkpoint(contentsOf: folder.appending(path: "lit_model.pth"))
            for lie in Self.lies {
                do {
                    let configuration = try OmniGPT.Configuration(yaml: rest + "\n\(field): \(lie)\n")
                    _ = try OmniGPT(
                        WeightScope(checkpoint), configuration: configuration, engine: BLASEngine())
                    let isImpossible = Self.sizes.contains(field) && Self.impossibleSizes.contains(lie)
                    #expect(!isImpossible, "\(variant): \(lie)")
                } catch is ModelConfigurationError {
                } catch is CheckpointError {
                }
            }
        }
    }

    /// Damaged text, a few thousand times.
    @Test func mutatedFiles() throws {
        let good = try Fixture.data("tiny/checkpoint/model_config.yaml")
        var noise = Noise(seed: 404)
        var acceptedCount = 0
        for _ in 0..<3_000 {
            let bytes = Self.mutated([UInt8](good), &noise)
            if !isRefused(String(decoding: bytes, as: UTF8.self)) { acceptedCount += 1 }
        }
        // Most digits can be another and make a shape all the same; if none did, nothing was tested.
        #expect(acceptedCount > 100 && acceptedCount < 3_000)
    }

    private static func mutated(_ good: [UInt8], _ noise: inout Noise) -> [UInt8] {
        let special = Array("[{:-?&*!|>'\"%@`\n\t ".utf8)
        var bytes = good
        for _ in 0..<Int.random(in: 1...4, using: &noise) {
            let place = Int.random(in: 0..<bytes.count, using: &noise)
            switch Int.random(in: 0..<5, using: &noise) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &noise)
            case 1: bytes.insert(special[Int.random(in: 0..<special.count, using: &noise)], at: place)
            case 2: bytes.removeSubrange(place..<min(place + 9, bytes.count))
            case 3: bytes.insert(contentsOf: bytes[place..<min(place + 30, bytes.count)], at: place)
            default: bytes.insert(UInt8.random(in: 48...57, using: &noise), at: place)
            }
        }
        return bytes
    }
}
