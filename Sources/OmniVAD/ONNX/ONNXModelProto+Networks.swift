import OmniTensor

extension ONNXModelProto {
    /// The network for each sample rate that the file decides on with an `If`; under `nil` the whole graph of a file
    /// that decides on none.
    var networks: [Int?: ONNXNetwork] {
        let graph = graph ?? ONNXGraphProto()
        let main = ONNXNetwork(graph)
        for node in graph.node where node.opType == "If" {
            guard let condition = node.operand(0), let rate = main.rate(testedBy: condition),
                let matching = node.attribute("then_branch")?.graph,
                let other = node.attribute("else_branch")?.graph
            else { continue }
            return [
                rate: ONNXNetwork(matching, inside: graph),
                rate == 16_000 ? 8000 : 16_000: ONNXNetwork(other, inside: graph),
            ]
        }
        return [nil: main]
    }
}

extension ONNXNetwork {
    /// The rate that `sr` is compared with to make the value `name`.
    fileprivate func rate(testedBy name: String) -> Int? {
        var name = name
        // A chain of casts ends at the comparison; a chain that bites its tail must end too.
        for _ in 0..<8 {
            guard let maker = makers[name] else { return nil }
            switch maker.opType {
            case "Cast", "Identity":
                guard let operand = maker.operand(0) else { return nil }
                name = operand
            case "Equal":
                guard maker.input.count == 2, let other = maker.input.first(where: { $0 != "sr" }),
                    maker.input.contains("sr"), let rate = integer(other)
                else { return nil }
                return [8000, 16_000].first { $0 == rate }
            default: return nil
            }
        }
        return nil
    }
}
