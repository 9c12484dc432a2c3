import Foundation
import OmniTensor

extension RandomModel {
    private static let encoderRates = [2, 4, 8, 8]
    private static let decoderRates = [8, 8, 4, 2]
    private static let codebookStrides = [4, 2, 1]
    private static let codebookWidth = 8
    private static let dilations = [1, 3, 9]

    /// `config.json` and `pytorch_model.bin` of SNAC at 24 kHz: three codebooks, depthwise, with noise.
    func writeCodec(to directory: URL) throws {
        let configuration = """
            {"sampling_rate": 24000, "encoder_dim": \(dimensions.codecEncoderWidth), "encoder_rates": \
            \(Self.encoderRates), "decoder_dim": \(dimensions.codecDecoderWidth), "decoder_rates": \
            \(Self.decoderRates), "attn_window_size": null, "codebook_size": \(dimensions.audioCodeCount), \
            "codebook_dim": \(Self.codebookWidth), "vq_strides": \(Self.codebookStrides), "noise": true, \
            "depthwise": true}
            """
        try OutputFile.write(configuration.utf8, to: directory.appending(path: "config.json").path)

        var file = CheckpointMembers(RandomWeights(seed: seed))
        let latentWidth = addEncoder(to: &file)
        addQuantizers(to: &file, latentWidth: latentWidth)
        addDecoder(to: &file, latentWidth: latentWidth)
        try PyTorchArchiveWriter.write(
            CheckpointDictionary(file.members), to: directory.appending(path: "pytorch_model.bin"))
    }

    private func addEncoder(to file: inout CheckpointMembers) -> Int {
        var width = dimensions.codecEncoderWidth
        file.addConvolution("encoder.block.0", [width, 1, 7])
        for (index, rate) in Self.encoderRates.enumerated() {
            let block = "encoder.block.\(index + 1).block."
            for unit in Self.dilations.indices { file.addResidualUnit(block + "\(unit)", width) }
            file.addSnake(block + "3", width)
            file.addConvolution(block + "4", [2 * width, width, 2 * rate])
            width *= 2
        }
        file.addConvolution("encoder.block.\(Self.encoderRates.count + 1)", [width, 1, 7])
        return width
    }

    private func addQuantizers(to file: inout CheckpointMembers, latentWidth: Int) {
        for index in Self.codebookStrides.indices {
            let quantizer = "quantizer.quantizers.\(index)."
            file.addConvolution(quantizer + "in_proj", [Self.codebookWidth, latentWidth, 1])
            file.addConvolution(quantizer + "out_proj", [latentWidth, Self.codebookWidth, 1])
            file.add(
                quantizer + "codebook.weight",
                file.weights.tensor(
                    quantizer + "codebook", [dimensions.audioCodeCount, Self.codebookWidth], deviation: 1))
        }
    }

    private func addDecoder(to file: inout CheckpointMembers, latentWidth: Int) {
        var width = dimensions.codecDecoderWidth
        file.addConvolution("decoder.model.0", [latentWidth, 1, 7])
        file.addConvolution("decoder.model.1", [width, latentWidth, 1])
        for (index, rate) in Self.decoderRates.enumerated() {
            let block = "decoder.model.\(index + 2).block."
            file.addSnake(block + "0", width)
            // A transposed convolution is stored [in, out, K]; its bias has the extent of the output.
            file.addConvolution(block + "1", [width, width / 2, 2 * rate], biasCount: width / 2)
            width /= 2
            file.addConvolution(block + "2.linear", [width, width, 1], biasCount: 0, gain: 0.1)
            for unit in Self.dilations.indices { file.addResidualUnit(block + "\(unit + 3)", width) }
        }
        file.addSnake("decoder.model.\(Self.decoderRates.count + 2)", width)
        file.addConvolution("decoder.model.\(Self.decoderRates.count + 3)", [1, width, 7])
    }
}

extension CheckpointMembers {
    /// A convolution with weight norm: gains `[C, 1, 1]`, directions of the shape given, bias.
    fileprivate mutating func addConvolution(_ name: String, _ shape: Shape, biasCount: Int? = nil, gain: Float = 1) {
        let biasCount = biasCount ?? shape[0]
        if biasCount > 0 { add(name + ".bias", weights.bias(name + ".bias", biasCount)) }
        add(name + ".parametrizations.weight.original0", weights.constant(gain, [shape[0], 1, 1]))
        add(name + ".parametrizations.weight.original1", weights.weight(name, shape))
    }

    /// Snake, a depthwise convolution over time, Snake, a 1×1 convolution.
    fileprivate mutating func addResidualUnit(_ name: String, _ width: Int) {
        addSnake(name + ".block.0", width)
        addConvolution(name + ".block.1", [width, 1, 7])
        addSnake(name + ".block.2", width)
        // Small, so that a chain of residual units does not grow without end.
        addConvolution(name + ".block.3", [width, width, 1], gain: 0.3)
    }

    fileprivate mutating func addSnake(_ name: String, _ width: Int) {
        add(name + ".alpha", weights.constant(1, [1, width, 1]))
    }
}
