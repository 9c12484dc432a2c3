import OmniFormats
import OmniTensor

/// A layer with weights of an ONNX graph.
enum SmartTurnLayer {
    case convolution(Affine)
    case linear(Affine)
    case norm(Affine)

    /// What convolutions, linear layers and norms have in common.
    struct Affine {
        /// The value that the layer reads, before its quantisation.
        let input: String
        /// The value that it makes, bias included.
        let output: String
        let weight: Tensor<Float>
        let bias: Tensor<Float>?
    }
}

extension SmartTurnGraph {
    /// All layers with weights, in the order of the file, which is one in which they can be computed.
    mutating func layers() throws(CheckpointError) -> [SmartTurnLayer] {
        var layers: [SmartTurnLayer] = []
        for node in network.nodes {
            guard layers.count <= 512 else { throw unknown("it has more than 512 layers") }
            switch node.opType {
            case "Conv": layers.append(.convolution(try convolution(node, isFirst: layers.isEmpty)))
            case "LayerNormalization": layers.append(.norm(try norm(node)))
            case "Gemm": layers.append(.linear(try affine(node)))
            case "MatMul":
                if let layer = try product(node) { layers.append(.linear(layer)) }
            default: break
            }
        }
        return layers
    }

    private mutating func convolution(
        _ node: ONNXNodeProto, isFirst: Bool
    ) throws(CheckpointError) -> SmartTurnLayer.Affine {
        let found: ONNXConvolution?
        do { found = try ONNXConvolution(node, in: network, &budget) } catch {
            throw CheckpointError(.overBudget, file: file, reason: error.reason)
        }
        guard let found, let bias = found.bias, found.weight.shape[2] == 3, found.padding == [1, 1],
            found.groupCount == 1, found.stride == (isFirst ? 1 : WhisperAudio.framesPerPosition),
            let output = node.output.first
        else { throw unknown("a convolution is not one of Whisper's") }
        return .init(input: source(found.input), output: output, weight: found.weight, bias: bias)
    }

    private mutating func norm(_ node: ONNXNodeProto) throws(CheckpointError) -> SmartTurnLayer.Affine {
        guard [-1, 1, 2].contains(node.attribute("axis")?.integer ?? -1),
            abs((node.attribute("epsilon")?.number ?? 1e-5) - WhisperEncoder.normEpsilon) < 1e-9,
            let input = operand(0, of: node), let weightName = node.operand(1), let biasName = node.operand(2),
            let weight = try constant(weightName), let bias = try constant(biasName), weight.shape.rank == 1,
            bias.shape == weight.shape, let output = node.output.first
        else { throw unknown("a norm is not one of Whisper's") }
        return .init(input: input, output: output, weight: weight, bias: bias)
    }

    /// `x · Wᵀ + b` in one operation.
    private mutating func affine(_ node: ONNXNodeProto) throws(CheckpointError) -> SmartTurnLayer.Affine {
        guard node.attribute("alpha")?.number ?? 1 == 1, node.attribute("beta")?.number ?? 1 == 1,
            node.attribute("transA")?.integer ?? 0 == 0, let input = operand(0, of: node),
            let weightName = node.operand(1), let biasName = node.operand(2), let stored = try constant(weightName),
            let bias = try constant(biasName), stored.shape.rank == 2, let output = node.output.first
        else { throw unknown("a linear layer has settings that Smart Turn's have not") }
        let weight = node.attribute("transB")?.integer ?? 0 == 1 ? stored : try transposed(stored)
        guard bias.shape == [weight.shape[0]] else { throw unknown("a bias does not fit its layer") }
        return .init(input: input, output: output, weight: weight, bias: bias)
    }

    /// A product by a stored matrix `[in, out]`, with the bias that is added to it; `nil` for a product of two values.
    private mutating func product(_ node: ONNXNodeProto) throws(CheckpointError) -> SmartTurnLayer.Affine? {
        guard let input = operand(0, of: node), let weightName = node.operand(1), let output = node.output.first,
            let stored = try constant(weightName)
        else { return nil }
        guard stored.shape.rank == 2 else { throw unknown("a matrix has the shape \(stored.shape)") }
        let weight = try transposed(stored)
        if let reader = onlyReader(of: output), reader.node.opType == "Add",
            let name = reader.node.operand(1 - reader.operand), let sum = reader.node.output.first,
            let bias = try constant(name), bias.shape == [weight.shape[0]]
        {
            return .init(input: input, output: sum, weight: weight, bias: bias)
        }
        return .init(input: input, output: output, weight: weight, bias: nil)
    }
}
