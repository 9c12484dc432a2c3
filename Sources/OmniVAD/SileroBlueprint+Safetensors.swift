import OmniTensor

extension SileroBlueprint {
    /// Versions 5 and 6 as Silero publishes them in safetensors: one network, without the numbers that are not weights.
    init(safetensors source: any TensorSource, sampleRate: Int) throws {
        var tensors: [String: Tensor<Float>] = [:]
        let stored = WeightScope(source)
        for (name, own) in Self.names where stored.contains(name) {
            let shape = try Shape(stored.extents(name, rank: Self.rank(of: own)))
            tensors[own] = try stored.tensor(name, shape)
        }
        // What lies beside the own names of a whole network is of no account.
        let parts = Set(Self.names.keys.map { $0.prefix { $0 != "." } })
        let isWhole = tensors.count == Self.names.count
        let unknown = stored.unreadNames.first { name in !isWhole || parts.contains(name.prefix { $0 != "." }) }
        if let unknown {
            throw CheckpointError(
                .unknownNetwork, file: source.file, reason: "a network with a tensor \(unknown) is none of Silero's")
        }
        let weights = WeightScope(InMemoryTensors(tensors, name: source.file))
        let filterLength = try weights.extents("basis", rank: 3)[2]
        guard let rate = Self.sampleRate(ofFilter: filterLength) else {
            throw CheckpointError(
                .unknownNetwork, file: source.file,
                reason: "a spectrum of \(filterLength) samples is neither the one for 8000 nor the one for 16000 Hz")
        }
        guard rate == sampleRate else {
            throw CheckpointError(
                .noSuchVariant, file: source.file,
                reason: "the network is for \(rate) Hz, not for \(sampleRate) Hz")
        }
        self.init(
            version: .v5, sampleRate: rate, hopSampleCount: filterLength / 2, strides: [1, 2, 2, 1], weights: weights)
    }

    /// The rank of a weight of that name: that of a convolution, of a recurrent layer, of a bias.
    private static func rank(of name: String) -> Int {
        if name.contains("bias") { return 1 }
        return name.hasPrefix("lstm") ? 2 : 3
    }

    /// Silero's names and ours.
    private static let names: [String: String] = {
        var names = [
            "stft_conv.weight": "basis", "final_conv.weight": "head.weight", "final_conv.bias": "head.bias",
        ]
        for part in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] { names["lstm_cell.\(part)"] = "lstm.0.\(part)" }
        for layer in 0..<4 {
            for part in ["weight", "bias"] { names["conv\(layer + 1).\(part)"] = "encoder.\(layer).\(part)" }
        }
        return names
    }()
}
