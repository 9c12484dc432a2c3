import OmniCore
import OmniTensor
import OmniTesting
import TestSupport

@testable import OmniWhisper

/// Encoders of any dimensions with random weights.
enum RandomWhisper {
    static let configuration = WhisperEncoder.Configuration(
        melBinCount: 10, contextLength: 30, width: 16, headCount: 4, layerCount: 2)

    static let configurations = [
        configuration,
        WhisperEncoder.Configuration(melBinCount: 128, contextLength: 9, width: 12, headCount: 1, layerCount: 3),
        WhisperEncoder.Configuration(
            melBinCount: 3, contextLength: 270, width: 6, headCount: 3, layerCount: 1, mlpWidth: 5),
        WhisperEncoder.Configuration(melBinCount: 1, contextLength: 1, width: 1, headCount: 1, layerCount: 1),
    ]

    static func audio(_ count: Int) -> AudioChunk {
        var noise = Noise(seed: 99)
        return AudioChunk(noise.floats(count, scale: 0.3), sampleRate: 16_000)
    }

    static func make(
        _ engine: Engine, _ configuration: WhisperEncoder.Configuration = configuration
    ) throws -> WhisperEncoder {
        try WhisperEncoder(
            WeightScope(InMemoryTensors(tensors(configuration))), configuration: configuration, engine: engine.value)
    }

    static func tensors(
        _ configuration: WhisperEncoder.Configuration,
        names: WhisperNames = .openAI(.encoder, root: "model_state_dict.encoder")
    ) -> [String: Tensor<Float>] {
        var noise = Noise(seed: 7)
        var tensors: [String: Tensor<Float>] = [:]
        let (width, mlpWidth) = (configuration.width, configuration.mlpWidth)
        func add(_ path: String, _ shape: Shape) {
            tensors[names.root + "." + path] = noise.tensor(shape, scale: shape.rank == 1 ? 1 : 0.4)
        }
        func layer(_ path: String, _ shape: Shape, bias: Bool = true) {
            add(path + ".weight", shape)
            if bias { add(path + ".bias", [shape[0]]) }
        }
        add(names.positions, [configuration.contextLength, width])
        layer("conv1", [width, configuration.melBinCount, 3])
        layer("conv2", [width, width, 3])
        for index in 0..<configuration.layerCount {
            let block = "\(names.blocks).\(index)."
            layer(block + names.attentionNorm, [width])
            layer(block + names.query, [width, width])
            layer(block + names.key, [width, width], bias: false)
            layer(block + names.value, [width, width])
            layer(block + names.out, [width, width])
            layer(block + names.mlpNorm, [width])
            layer(block + names.mlpIn, [mlpWidth, width])
            layer(block + names.mlpOut, [width, mlpWidth])
        }
        layer(names.finalNorm, [width])
        return tensors
    }
}
