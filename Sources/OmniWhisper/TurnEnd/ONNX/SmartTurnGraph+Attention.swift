import OmniTensor

/// Which of the values that attention reads a linear layer makes, and how its heads lie.
struct SmartTurnAttention {
    let query, key, value: SmartTurnLayer.Affine
    let headCount: Int
    /// What attention makes, before its heads are put side by side.
    let output: String
}

extension SmartTurnGraph {
    /// Where the output of a projection goes: through changes of shape and a scale into a product.
    private struct Path {
        /// The output of the product, which names it.
        var product: String
        /// 0 for the left factor.
        var operand: Int
        /// What the projection is multiplied by on the way.
        var scale: Float = 1
        var headCount: Int
        var headWidth: Int
    }

    /// Finds out which of three projections of the same value is which: products of queries by keys go through a
    /// softmax, then by the values.
    func attention(
        of projections: [SmartTurnLayer.Affine], width: Int
    ) throws(CheckpointError) -> SmartTurnAttention {
        var query, key, value: (layer: SmartTurnLayer.Affine, path: Path)?
        for layer in projections {
            guard let path = path(from: layer.output) else { throw unknown("a projection leads nowhere") }
            guard path.headCount * path.headWidth == width else {
                throw unknown("\(path.headCount) heads of \(path.headWidth) do not make a width of \(width)")
            }
            if path.operand == 0 {
                query = (layer, path)
            } else if layer.bias == nil {
                key = (layer, path)
            } else {
                value = (layer, path)
            }
        }
        guard let query, let key, let value, query.path.product == key.path.product,
            query.path.headCount == key.path.headCount, query.path.headCount == value.path.headCount,
            let mixing = maker(of: value.path.product, "MatMul"), let shares = operand(0, of: mixing),
            let softmax = maker(of: shares, "Softmax"), softmax.attribute("axis")?.integer ?? -1 == -1,
            operand(0, of: softmax) == query.path.product
        else { throw unknown("three projections do not make attention") }
        let scale = query.path.scale * key.path.scale
        guard abs(scale * Float(query.path.headWidth).squareRoot() - 1) < 1e-3 else {
            throw unknown("attention is scaled by \(scale)")
        }
        return SmartTurnAttention(
            query: query.layer, key: key.layer, value: value.layer, headCount: query.path.headCount,
            output: value.path.product)
    }

    private func path(from output: String) -> Path? {
        var path = Path(product: "", operand: 0, headCount: 0, headWidth: 0)
        var name = output
        for _ in 0..<16 {
            guard let reader = onlyReader(of: name), let next = reader.node.output.first else { return nil }
            switch reader.node.opType {
            case "MatMul":
                (path.product, path.operand) = (next, reader.operand)
                return path.headCount > 0 && path.headWidth > 0 ? path : nil
            case "Reshape" where reader.operand == 0:
                if path.headCount == 0 {
                    guard let heads = heads(of: reader.node) else { return nil }
                    (path.headCount, path.headWidth) = heads
                }
            case "Transpose": break
            case "Mul":
                guard let scale = reader.node.operand(1 - reader.operand).flatMap(network.scalar) else { return nil }
                path.scale *= scale
            default: return nil
            }
            name = next
        }
        return nil
    }

    /// The last two extents that a `Reshape` asks for.
    private func heads(of node: ONNXNodeProto) -> (count: Int, width: Int)? {
        guard let name = node.operand(1), let shape = network.makers[name], shape.opType == "Concat",
            shape.input.count == 4
        else { return nil }
        let extents = shape.input.suffix(2).compactMap(network.integer).filter { (1...4096).contains($0) }
        return extents.count == 2 ? (Int(extents[0]), Int(extents[1])) : nil
    }

    /// Whether `name` is what attention made with its heads side by side.
    func isRejoined(_ name: String, from output: String) -> Bool {
        var name = source(name)
        for _ in 0..<4 {
            if name == output { return true }
            guard let maker = network.makers[name], ["Transpose", "Reshape"].contains(maker.opType),
                let operand = operand(0, of: maker)
            else { return false }
            name = operand
        }
        return false
    }
}
