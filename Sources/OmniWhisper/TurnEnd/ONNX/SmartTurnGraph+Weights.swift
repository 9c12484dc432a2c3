import OmniTensor

extension SmartTurnGraph {
    /// The weights of the network.
    ///
    /// - Throws: `CheckpointError/Code/unknownNetwork` where a layer is missing, stands elsewhere or reads something
    ///   else than in Smart Turn.
    mutating func weights() throws(CheckpointError) -> SmartTurnWeights {
        var rest = LayerSequence(try layers(), of: self)
        let (first, second) = (try rest.convolution(), try rest.convolution())
        guard inputs.contains(first.input), isGelu(second.input, of: first.output) else {
            throw unknown("the convolutions do not follow one another")
        }
        var tensors: [String: Tensor<Float>] = [:]
        func put(_ name: String, _ layer: SmartTurnLayer.Affine) {
            tensors["\(name).weight"] = layer.weight
            tensors["\(name).bias"] = layer.bias
        }
        put("encoder.conv1", first)
        put("encoder.conv2", second)
        var norm = try rest.norm()
        let positions = try positions(before: norm.input, behind: second.output)
        tensors["encoder.embed_positions.weight"] = positions
        let width = positions.shape[1]
        var (layerCount, headCount, mlpWidth) = (0, 0, 0)
        while !rest.isAtHead {
            let block = "encoder.layers.\(layerCount)"
            let projections = [try rest.linear(), try rest.linear(), try rest.linear()]
            guard projections.allSatisfy({ $0.input == norm.output }) else {
                throw unknown("layer \(layerCount) does not project its norm three times")
            }
            let attention = try attention(of: projections, width: width)
            let out = try rest.linear()
            let mlpNorm = try rest.norm()
            let (mlpIn, mlpOut) = (try rest.linear(), try rest.linear())
            let next = try rest.norm()
            guard isRejoined(out.input, from: attention.output), isSum(mlpNorm.input, of: norm.input, out.output),
                mlpIn.input == mlpNorm.output, isGelu(mlpOut.input, of: mlpIn.output),
                isSum(next.input, of: mlpNorm.input, mlpOut.output)
            else { throw unknown("layer \(layerCount) is not one of Whisper's") }
            put("\(block).self_attn_layer_norm", norm)
            put("\(block).self_attn.q_proj", attention.query)
            put("\(block).self_attn.k_proj", attention.key)
            put("\(block).self_attn.v_proj", attention.value)
            put("\(block).self_attn.out_proj", out)
            put("\(block).final_layer_norm", mlpNorm)
            put("\(block).fc1", mlpIn)
            put("\(block).fc2", mlpOut)
            (headCount, mlpWidth) = (attention.headCount, mlpIn.weight.shape[0])
            norm = next
            layerCount += 1
        }
        put("encoder.layer_norm", norm)
        let head = try rest.head(reading: norm.output)
        for (name, layer) in head.layers { put(name, layer) }
        let weights = SmartTurnWeights(
            tensors: tensors,
            configuration: WhisperEncoder.Configuration(
                melBinCount: first.weight.shape[1], contextLength: positions.shape[0], width: width,
                headCount: headCount, layerCount: layerCount, mlpWidth: mlpWidth),
            poolingWidth: head.poolingWidth, classifierWidths: head.classifierWidths, file: file)
        try weights.validate()
        return weights
    }

    /// The embedding of positions that is added behind the second convolution.
    private mutating func positions(
        before name: String, behind output: String
    ) throws(CheckpointError) -> Tensor<Float> {
        let sum = maker(of: name, "Add")
        for index in 0..<2 {
            guard let sum, let stored = sum.operand(index), let other = operand(1 - index, of: sum),
                let transpose = maker(of: other, "Transpose"), transpose.attribute("perm")?.integers == [0, 2, 1],
                let activated = operand(0, of: transpose), isGelu(activated, of: output),
                let positions = try constant(stored), positions.shape.rank == 2
            else { continue }
            return positions
        }
        throw unknown("no positions are embedded behind the convolutions")
    }
}
