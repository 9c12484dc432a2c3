import OmniCore
import OmniTensor
import OmniTesting
import TestSupport

@testable import OmniSNAC

/// Codecs of any shape with random weights that keep the loudness about as it is from layer to layer.
struct RandomSNAC {
    let configuration: SNAC.Configuration
    private var noise: Noise
    private(set) var tensors: [String: Tensor<Float>] = [:]

    /// The rates of the published 24 kHz codec, with a decoder of some weight.
    static var wide: SNAC.Configuration {
        var configuration = SNAC.Configuration.speech24kHz
        configuration.encoderWidth = 2
        configuration.decoderWidth = 384
        configuration.codebookSize = 32
        return configuration
    }

    /// The rates of the published 24 kHz codec, narrow.
    static var narrow: SNAC.Configuration {
        var configuration = wide
        configuration.decoderWidth = 32
        return configuration
    }

    /// Rates and windows of the published 44 kHz codec, narrow.
    static var music: SNAC.Configuration {
        var configuration = SNAC.Configuration()
        configuration.encoderWidth = 4
        configuration.decoderWidth = 64
        configuration.codebookSize = 16
        return configuration
    }

    /// Rates that are odd or shrink little, two codebooks of the same pace.
    static var odd: SNAC.Configuration {
        var configuration = SNAC.Configuration()
        configuration.encoderWidth = 3
        configuration.encoderRates = [3, 5, 7]
        configuration.decoderWidth = 25
        configuration.decoderRates = [7, 3, 5]
        configuration.attentionWindowCount = nil
        configuration.codebookSize = 5
        configuration.codebookWidth = 3
        configuration.codebookStrides = [3, 3, 1]
        return configuration
    }

    /// One block, attention windows that are no multiple of a frame, neither noise nor depthwise layers.
    static var attentive: SNAC.Configuration {
        var configuration = SNAC.Configuration()
        configuration.encoderWidth = 64
        configuration.encoderRates = [6]
        configuration.decoderWidth = 128
        configuration.decoderRates = [6]
        configuration.attentionWindowCount = 5
        configuration.codebookSize = 9
        configuration.codebookWidth = 2
        configuration.codebookStrides = [4, 2, 1]
        configuration.hasNoise = false
        configuration.isDepthwise = false
        return configuration
    }

    static func make(
        _ configuration: SNAC.Configuration, _ engine: Engine, noise: NoiseSource = .none
    ) throws -> SNAC {
        try SNAC(
            WeightScope(InMemoryTensors(RandomSNAC(configuration).tensors)), configuration: configuration,
            noise: noise, engine: engine.value)
    }

    init(_ configuration: SNAC.Configuration) {
        self.configuration = configuration
        noise = Noise(seed: 3)
        addEncoder()
        for index in configuration.codebookStrides.indices {
            let path = "quantizer.quantizers.\(index)."
            convolution(path + "in_proj", [configuration.codebookWidth, configuration.latentChannelCount, 1])
            convolution(path + "out_proj", [configuration.latentChannelCount, configuration.codebookWidth, 1])
            tensors[path + "codebook.weight"] = noise.tensor([configuration.codebookSize, configuration.codebookWidth])
        }
        addDecoder()
    }

    private mutating func addEncoder() {
        let width = configuration.encoderWidth
        convolution("encoder.block.0", [width, 1, 7])
        for (index, rate) in configuration.encoderRates.enumerated() {
            let (path, input) = ("encoder.block.\(index + 1).block.", width << index)
            for unit in 0..<3 { residualUnit(path + "\(unit)", input) }
            alpha(path + "3", input)
            convolution(path + "4", [2 * input, input, 2 * rate])
        }
        let latent = configuration.latentChannelCount
        var next = configuration.encoderRates.count + 1
        if configuration.attentionWindowCount != nil {
            attention("encoder.block.\(next)", latent)
            next += 1
        }
        convolution("encoder.block.\(next)", [latent, configuration.isDepthwise ? 1 : latent, 7])
    }

    private mutating func addDecoder() {
        let (latent, width) = (configuration.latentChannelCount, configuration.decoderWidth)
        var next = 0
        func path() -> String { "decoder.model.\(next)" }
        if configuration.isDepthwise {
            convolution(path(), [latent, 1, 7])
            next += 1
            convolution(path(), [width, latent, 1])
        } else {
            convolution(path(), [width, latent, 7])
        }
        next += 1
        if configuration.attentionWindowCount != nil {
            attention(path(), width)
            next += 1
        }
        var input = width
        for rate in configuration.decoderRates {
            let (block, output) = (path() + ".block.", input / 2)
            alpha(block + "0", input)
            // Each output frame sees two frames of all inputs.
            convolution(
                block + "1", [input, output, 2 * rate], biasCount: output,
                gain: (Float(output * rate) / Float(input)).squareRoot())
            var place = 2
            if configuration.hasNoise {
                convolution(block + "2.linear", [output, output, 1], biasCount: 0, gain: 0.3)
                place += 1
            }
            for unit in 0..<3 { residualUnit(block + "\(place + unit)", output) }
            input = output
            next += 1
        }
        alpha(path(), input)
        next += 1
        convolution(path(), [1, input, 7], gain: 0.3)
    }

    private mutating func residualUnit(_ path: String, _ width: Int) {
        alpha(path + ".block.0", width)
        convolution(path + ".block.1", [width, configuration.isDepthwise ? 1 : width, 7])
        alpha(path + ".block.2", width)
        convolution(path + ".block.3", [width, width, 1], gain: 0.3)
    }

    private mutating func attention(_ path: String, _ width: Int) {
        tensors[path + ".norm.weight"] = noise.tensor([width])
        tensors[path + ".norm.bias"] = noise.tensor([width])
        let scale = (3 / Float(width)).squareRoot()
        tensors[path + ".to_qkv.weight"] = noise.tensor([3 * width, width], scale: scale)
        tensors[path + ".to_out.weight"] = noise.tensor([width, width], scale: scale)
    }

    private mutating func alpha(_ path: String, _ width: Int) {
        tensors[path + ".alpha"] = Tensor(noise.floats(width, scale: 0.5).map { $0 + 1 }, shape: [1, width, 1])
    }

    private mutating func convolution(_ path: String, _ shape: Shape, biasCount: Int? = nil, gain: Float = 1) {
        tensors[path + ".parametrizations.weight.original0"] = Tensor(repeating: gain, shape: [shape[0], 1, 1])
        tensors[path + ".parametrizations.weight.original1"] = noise.tensor(shape)
        let biasCount = biasCount ?? shape[0]
        if biasCount > 0 { tensors[path + ".bias"] = noise.tensor([biasCount], scale: 0.1) }
    }
}

extension SNAC {
    /// Frames of random codes.
    func randomFrames(_ count: Int, seed: UInt64) -> [CodeFrame] {
        var noise = Noise(seed: seed)
        return (0..<count).map { _ in
            CodeFrame(
                (0..<layout.places.count).map { _ in
                    Int32.random(in: 0..<Int32(configuration.codebookSize), using: &noise)
                })
        }
    }
}
