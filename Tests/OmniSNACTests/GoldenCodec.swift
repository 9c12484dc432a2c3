import Foundation
import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniSNAC

/// The codecs of the fixtures and what the reference computed with them.
enum GoldenCodec: String, CaseIterable, CustomTestStringConvertible {
    /// Three codebooks, depthwise, with noise: the published 24 kHz codec, narrower.
    case speech
    /// Four codebooks, odd rates and attention inside windows of 32 latents.
    case attention
    /// Two codebooks, neither depthwise nor noisy.
    case plain

    var testDescription: String { rawValue }

    var directory: URL {
        switch self {
        case .speech: Fixture.url("tiny/checkpoint/snac")
        case .attention: Fixture.url("tiny/snac_variants/attn4")
        case .plain: Fixture.url("tiny/snac_variants/plain")
        }
    }

    func load(_ engine: Engine, noise: NoiseSource = .none) throws -> SNAC {
        try SNAC.load(from: directory, noise: noise, engine: engine.value)
    }

    /// All weights by their names.
    func tensors() throws -> [String: Tensor<Float>] {
        let file = try Checkpoint(contentsOf: directory.appending(path: "pytorch_model.bin"))
        return try Dictionary(uniqueKeysWithValues: file.entries.keys.map { ($0, try file.floats($0)) })
    }

    /// The codec with other weights or another shape.
    func load(
        _ tensors: [String: Tensor<Float>], _ configuration: SNAC.Configuration? = nil, _ engine: Engine = .blas
    ) throws -> SNAC {
        let configuration =
            try configuration ?? SNAC.Configuration(contentsOf: directory.appending(path: "config.json"))
        return try SNAC(
            WeightScope(InMemoryTensors(tensors)), configuration: configuration, noise: .none, engine: engine.value)
    }

    func golden() throws -> Checkpoint {
        try Checkpoint(
            contentsOf: self == .speech
                ? Fixture.url("tiny/snac.safetensors") : directory.appending(path: "golden.safetensors"))
    }

    /// What the reference encoded.
    func audio() throws -> AudioChunk {
        switch self {
        case .speech: try Fixture.audio("audio/q_name_24k.wav")
        case .attention: AudioChunk(try golden().floats("audio").scalars, sampleRate: 32_000)
        case .plain: AudioChunk(try golden().floats("audio").scalars, sampleRate: 16_000)
        }
    }

    var codebookCount: Int {
        switch self {
        case .speech: 3
        case .attention: 4
        case .plain: 2
        }
    }

    func codes(_ name: String) throws -> [[Int32]] { try golden().codes(name, codebookCount: codebookCount) }
}

extension Checkpoint {
    /// The lists `name0`, `name1`, …
    func codes(_ name: String, codebookCount: Int) throws -> [[Int32]] {
        try (0..<codebookCount).map { try integers("\(name)\($0)").scalars.map(Int32.init) }
    }

    /// One row of a `[1, C, T]` tensor, channels last: `[T, C]`.
    func channelsLast(_ name: String) throws -> Tensor<Float> {
        let tensor = try floats(name)
        return tensor.reshaped(to: [tensor.shape[1], tensor.shape[2]]).transposed()
    }

    /// `noise0`, `noise1`, … of a run of the decoder with noise.
    func noise(_ name: String, blockCount: Int) throws -> NoiseSource {
        .recorded(try (0..<blockCount).map { try floats("\(name)\($0)").scalars })
    }
}

extension RowBuffer {
    init(_ rows: Tensor<Float>) {
        self.init(width: rows.shape[1])
        append(rows.span)
    }

    var tensor: Tensor<Float> {
        let rows = span
        return Tensor((0..<count).map { rows[$0] }, shape: [rowCount, width])
    }
}
