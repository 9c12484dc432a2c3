import Foundation
import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniSNAC

@Suite struct SNACConfigurationTests {
    private func configuration(_ json: String) throws -> SNAC.Configuration {
        try SNAC.Configuration(json: Data(json.utf8), file: "config.json")
    }

    @Test func missingKeysHaveTheDefaultsOfTheReference() throws {
        let all = try configuration("{}")
        #expect(all == SNAC.Configuration())
        #expect(all.attentionWindowCount == 32)
        #expect(try configuration(#"{"attn_window_size": null}"#).attentionWindowCount == nil)
        #expect(try configuration(#"{"attn_window_size": 8, "latent_dim": null}"#).attentionWindowCount == 8)
        // Keys of later versions are of no concern.
        #expect(try configuration(#"{"future": {"x": [1]}}"#) == SNAC.Configuration())
    }

    @Test func theFilesSayWhatTheyAre() throws {
        let speech = try GoldenCodec.speech.load(.blas).configuration
        #expect(speech.samplesPerFrame == 2048)
        #expect(speech.codesPerFrame == [1, 2, 4])
        #expect(speech.hopLength == 512 && speech.latentsPerFrame == 4)
        let attention = try GoldenCodec.attention.load(.blas).configuration
        #expect(attention.codesPerFrame == [1, 2, 4, 8])
        #expect(attention.attentionWindowCount == 32)
        let plain = try GoldenCodec.plain.load(.blas).configuration
        #expect(!plain.hasNoise && !plain.isDepthwise)
    }

    @Test func configurationsSurviveARoundTrip() throws {
        for configuration in [.speech24kHz, SNAC.Configuration(), RandomSNAC.odd, RandomSNAC.attentive] {
            let data = try JSONEncoder().encode(configuration)
            #expect(try SNAC.Configuration(json: data, file: "memory") == configuration)
        }
    }

    @Test(arguments: [
        ("", "config.json: the file is empty; download it again"),
        ("[]", "config.json: this is not a JSON object"),
        (#"{"encoder_rates": 3}"#, "config.json: encoder_rates: the value has the wrong type"),
        (#"{"decoder_dim": "wide"}"#, "config.json: decoder_dim: the value has the wrong type"),
        (#"{"decoder_rates": []}"#, "config.json: decoder_rates: 0 blocks are not 1 to 8"),
        (#"{"vq_strides": []}"#, "config.json: vq_strides: there are no codebooks"),
        (#"{"vq_strides": [8, 3]}"#, "config.json: vq_strides: 8 is no multiple of the next, 3"),
        (#"{"decoder_dim": 0}"#, "config.json: decoder_dim: 0 is not in 1...65536"),
        (#"{"decoder_dim": 8}"#, "config.json: decoder_dim: 8 channels cannot be halved 4 times"),
        (
            #"{"decoder_rates": [7, 7, 3, 4]}"#,
            "config.json: decoder_rates: they multiply to 588, the encoder's to 441"
        ),
        (#"{"latent_dim": 7}"#, "config.json: latent_dim: the encoder makes 1024 channels, not 7"),
    ])
    func faultsAreNamed(_ json: String, _ sentence: String) {
        let error = #expect(throws: ModelConfigurationError.self) { try configuration(json) }
        #expect(error?.description == sentence)
    }

    @Test func aFolderWithoutAConfigurationOrWeightsIsAnError() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "config.json")
        let missing = ModelConfigurationError(.unreadable, file: file.path, reason: "the file cannot be read")
        #expect(throws: missing) { try SNAC.load(from: folder) }
        try Data("{}".utf8).write(to: file)
        let error = #expect(throws: CheckpointError.self) { try SNAC.load(from: folder) }
        #expect(error?.code == .noWeights && error?.file == folder.path)
        try Data().write(to: folder.appending(path: "pytorch_model.bin"))
        #expect(throws: CheckpointError.self) { try SNAC.load(from: folder) }
    }

    /// A file of a terabyte, of which a mebibyte is read.
    @Test func aHugeFileIsNotRead() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try Data("{}".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 1 << 40)
        try handle.close()
        let error = #expect(throws: ModelConfigurationError.self) { try SNAC.Configuration(contentsOf: file) }
        #expect(error?.code == .malformed && error?.reason.contains("1048576 bytes") == true)
    }

    // MARK: Lies

    /// Whatever a configuration claims: an error of ours, or a codec that computes.
    private func attempt(_ json: Data, _ tensors: [String: Tensor<Float>]) throws -> Bool {
        let codec: SNAC
        do {
            codec = try GoldenCodec.speech.load(tensors, SNAC.Configuration(json: json, file: "config.json"))
        } catch let error as ModelConfigurationError {
            #expect(!error.description.isEmpty)
            return false
        } catch let error as CheckpointError {
            #expect(!error.description.isEmpty)
            return false
        }
        let frames = codec.randomFrames(2, seed: 1)
        #expect(try codec.decode(frames).samples.count == 2 * codec.configuration.samplesPerFrame)
        _ = try codec.encode(AudioChunk([0.1, 0.2, 0.3], sampleRate: codec.outputSampleRate))
        return true
    }

    private static let lies = [
        "null", "true", "false", "-1", "0", "1", "2", "3", "7", "64", "97", "4096", "65536", "1000000007",
        "9223372036854775807", "-9223372036854775808", "1e30", "0.5", "\"4\"", "[]", "[1]", "[2]", "[64]", "[8,8,8]",
        "[4,2,1]", "[1,1,1]", "[2,2,2]", "[3,2,1]", "[8,8,4,2]", "[0,1,2]", "[-4,2,1]", "[4096,4096,4096,4096]",
        "[2,2,2,2,2,2,2,2,2]", "[9223372036854775807,2]", "{}", "[[4]]", "[null]",
    ]

    @Test func everyKeyMayLie() throws {
        let tensors = try GoldenCodec.speech.tensors()
        let original = try Data(contentsOf: GoldenCodec.speech.directory.appending(path: "config.json"))
        let values = try #require(try JSONSerialization.jsonObject(with: original) as? [String: Any])
        #expect(try attempt(original, tensors))
        var acceptedCount = 0
        for key in values.keys.sorted() {
            for lie in Self.lies {
                let others = values.filter { $0.key != key }
                let rest = try String(decoding: JSONSerialization.data(withJSONObject: others), as: UTF8.self)
                let json = "{\"\(key)\": \(lie), " + rest.dropFirst()
                if try attempt(Data(json.utf8), tensors) { acceptedCount += 1 }
            }
        }
        // Rates in Hz, the strides of as many codebooks and what the file says anyway.
        #expect((10...40).contains(acceptedCount))
    }

    @Test func mutatedBytes() throws {
        let tensors = try GoldenCodec.speech.tensors()
        let original = try [UInt8](
            Data(contentsOf: GoldenCodec.speech.directory.appending(path: "config.json")).filter { $0 > 0x20 })
        var noise = Noise(seed: 17)
        var refusedCount = 0
        for _ in 0..<800 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &noise) {
                let offset = Int.random(in: 0..<bytes.count, using: &noise)
                switch Int.random(in: 0..<4, using: &noise) {
                case 0: bytes[offset] = .random(in: 0...255, using: &noise)
                case 1: bytes[offset] = .random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &noise)
                case 2: bytes.remove(at: offset)
                default: bytes.insert(.random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &noise), at: offset)
                }
            }
            if try !attempt(Data(bytes), tensors) { refusedCount += 1 }
        }
        #expect(refusedCount > 400)
    }

    /// The decoder would hash the name, escapes resolved, for a second.
    @Test(arguments: ["\u{301}", "\\u0301"]) func namesOfManyMarksAreRefused(_ mark: String) throws {
        let other = mark == "\u{301}" ? "\u{316}" : "\\u0316"
        let json = #"{"e\#(String(repeating: mark, count: 20_000) + String(repeating: other, count: 20_000))":1}"#
        let time = try processorTime {
            let error = try #require(throws: ModelConfigurationError.self) { try configuration(json) }
            #expect(error.code == .malformed && error.reason.contains("combining marks"), "\(error)")
        }
        #expect(time < .milliseconds(200))
    }

    @Test func otherEncodingsAreRefused() throws {
        for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf32BigEndian] {
            let data = try #require("{}".data(using: encoding))
            let error = try #require(throws: ModelConfigurationError.self) {
                try SNAC.Configuration(json: data, file: "config.json")
            }
            #expect(error.reason == "the file is not UTF-8 text", "\(error)")
        }
    }
}
