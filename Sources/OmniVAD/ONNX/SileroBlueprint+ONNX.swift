import Foundation
import OmniFormats
import OmniTensor

extension SileroBlueprint {
    /// Silero's files have about 2 MB.
    private static var largestByteCount: Int { 8 << 20 }

    /// The network for `sampleRate` in the bytes of an ONNX file.
    ///
    /// The layers are found by their order and their operands, not by names, which every exporter makes up anew; what
    /// the layers are and how many is checked, so that a network which only resembles Silero's is refused.
    init(onnx bytes: Data, sampleRate: Int, file: String) throws(CheckpointError) {
        let (model, budget) = try ONNXFile.read(
            bytes, of: file, largestByteCount: Self.largestByteCount, as: "a Silero network")
        let networks = model.networks
        guard let network = networks[sampleRate] ?? networks[nil] else {
            throw CheckpointError(
                .noSuchVariant, file: file,
                reason: "there is no network for \(sampleRate) Hz, only for 8000 and 16000")
        }
        let inputs = model.inputNames
        let layers = try ONNXLayerList(network, budget, file: file)
        if inputs.isSuperset(of: ["input", "h", "c"]), layers.recurrences.count == 2, network.count(of: "Log") == 1 {
            try self.init(version4: layers, network, sampleRate: sampleRate, file: file)
        } else if inputs.isSuperset(of: ["input", "state"]) || inputs.isSuperset(of: ["input", "h", "c"]),
            layers.recurrences.count == 1
        {
            // The second takes a whole recording and keeps its context by itself; the weights are the same.
            try self.init(version5: layers, network, sampleRate: sampleRate, file: file)
        } else {
            throw CheckpointError(
                .unknownNetwork, file: file,
                reason: "a network with the inputs \(inputs.sorted().prefix(8).joined(separator: ", ")) and "
                    + "\(layers.recurrences.count) recurrent layers is none that is read; use silero_vad.onnx or "
                    + "silero_vad_16k.safetensors of the package silero-vad")
        }
        guard networks[nil] == nil || self.sampleRate == sampleRate else {
            throw CheckpointError(
                .noSuchVariant, file: file,
                reason: "the network is for \(self.sampleRate) Hz, not for \(sampleRate) Hz")
        }
    }
}

/// The layers of a network that have weights, in order.
struct ONNXLayerList {
    private(set) var convolutions: [ONNXConvolution] = []
    private(set) var recurrences: [ONNXRecurrence] = []
    let file: String

    init(_ network: ONNXNetwork, _ budget: ReadingBudget, file: String) throws(CheckpointError) {
        self.file = file
        var budget = budget
        let count = network.count(of: "Conv") + network.count(of: "LSTM")
        guard count <= 64 else {
            throw CheckpointError(
                .unknownNetwork, file: file, reason: "a network of \(count) layers with weights is none of Silero's")
        }
        for node in network.nodes where ["Conv", "LSTM"].contains(node.opType) {
            do {
                if let layer = try ONNXConvolution(node, in: network, &budget) {
                    convolutions.append(layer)
                    continue
                }
                if let layer = try ONNXRecurrence(node, in: network, &budget) {
                    recurrences.append(layer)
                    continue
                }
            } catch {
                throw CheckpointError(.overBudget, file: file, reason: error.reason)
            }
            throw Self.unreadable(node, file)
        }
    }

    private static func unreadable(_ node: ONNXNodeProto, _ file: String) -> CheckpointError {
        CheckpointError(
            .unsupported, file: file,
            reason: "a layer of the kind \(node.opType) has settings or weights that no Silero network has")
    }

    /// The fault of a network whose layers are not where Silero's are.
    func unknown(_ reason: String) -> CheckpointError { CheckpointError(.unknownNetwork, file: file, reason: reason) }

    /// The weights of the recurrent layers under their names.
    var recurrentTensors: [String: Tensor<Float>] {
        var tensors: [String: Tensor<Float>] = [:]
        for (layer, recurrence) in recurrences.enumerated() {
            for (name, tensor) in recurrence.tensors { tensors["lstm.\(layer).\(name)"] = tensor }
        }
        return tensors
    }

    /// Makes sure that a network does as often what Silero's do.
    func require(_ counts: KeyValuePairs<String, Int>, in network: ONNXNetwork) throws(CheckpointError) {
        for (operation, count) in counts where network.count(of: operation) != count {
            throw unknown("\(network.count(of: operation)) operations \(operation) where Silero has \(count)")
        }
    }
}

extension ONNXConvolution {
    /// Whether the convolution never mixes channels and keeps the number of frames.
    var isDepthwise: Bool {
        weight.shape[1] == 1 && groupCount == weight.shape[0] && stride == 1 && isCentred && bias != nil
    }
    /// Whether the convolution looks at one frame at a time.
    var isPointwise: Bool { groupCount == 1 && weight.shape[2] == 1 && padding == [0, 0] && bias != nil }
    /// Whether half a kernel of zeros lies on either side.
    var isCentred: Bool {
        let half = Int64(weight.shape[2] / 2)
        return weight.shape[2] % 2 == 1 && padding == [half, half]
    }
    /// Whether this makes the spectrum.
    var isSpectrum: Bool { groupCount == 1 && weight.shape[1] == 1 && padding == [0, 0] && bias == nil }
}
