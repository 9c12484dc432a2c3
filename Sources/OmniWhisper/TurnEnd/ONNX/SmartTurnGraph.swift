import OmniFormats
import OmniTensor

/// A Smart Turn graph as a file has it, looked at without the quantisation of its activations.
///
/// Exporters make up the names of most values anew, so that layers are known by what they read and by what reads them.
/// All of that is checked: a network which only resembles Smart Turn's is refused.
struct SmartTurnGraph {
    let network: ONNXNetwork
    let inputs: Set<String>
    let file: String
    var budget: ReadingBudget
    /// The nodes that read a value, and as which operand, in the order of the file.
    private var readers: [String: [Reader]] = [:]

    struct Reader {
        let node: ONNXNodeProto
        let operand: Int
    }

    /// What a value takes in the tables of values and their readers.
    private static let readerByteCount = 320

    /// - Parameter budget: what may still be made of the file.
    init(_ model: ONNXModelProto, budget: ReadingBudget, file: String) throws(CheckpointError) {
        network = ONNXNetwork(model.graph ?? ONNXGraphProto())
        inputs = model.inputNames
        self.budget = budget
        self.file = file
        // Many nodes may read one value, which is looked for once.
        var sources: [String: String] = [:]
        for node in network.nodes where !Self.transparent.contains(node.opType) && node.opType != "Shape" {
            for (index, name) in node.input.enumerated() where !name.isEmpty {
                do { try self.budget.take(byteCount: Self.readerByteCount) } catch { throw exhausted(error) }
                let source = sources[name] ?? source(name)
                sources[name] = source
                readers[source, default: []].append(Reader(node: node, operand: index))
            }
        }
    }

    /// Operations that change nothing but how precisely a value is kept.
    private static let transparent: Set<String> = ["QuantizeLinear", "DequantizeLinear", "Identity"]

    /// The fault of a network whose layers are not where Smart Turn's are.
    func unknown(_ reason: String) -> CheckpointError {
        CheckpointError(.unknownNetwork, file: file, reason: "this is no Smart Turn network of version 3: \(reason)")
    }

    private func exhausted(_ budget: ReadingBudget.Exhausted) -> CheckpointError {
        CheckpointError(.overBudget, file: file, reason: budget.reason)
    }

    // MARK: Values

    /// The value before its quantisation.
    func source(_ name: String) -> String {
        var name = name
        // Two operations a pair; a chain that bites its tail must end.
        for _ in 0..<16 {
            guard let maker = network.makers[name], let operand = maker.operand(0) else { return name }
            switch maker.opType {
            case "Identity", "QuantizeLinear": name = operand
            case "DequantizeLinear" where network.makers[operand]?.opType == "QuantizeLinear": name = operand
            default: return name
            }
        }
        return name
    }

    /// The node that makes a value, when it does `operation`.
    func maker(of name: String, _ operation: String) -> ONNXNodeProto? {
        guard let maker = network.makers[source(name)], maker.opType == operation else { return nil }
        return maker
    }

    /// The only node that reads a value; `nil` where there are several or none.
    func onlyReader(of name: String) -> Reader? {
        let all = readers[name] ?? []
        return all.count == 1 ? all[0] : nil
    }

    /// Operand `index` of a node before its quantisation.
    func operand(_ index: Int, of node: ONNXNodeProto) -> String? { node.operand(index).map(source) }

    mutating func constant(_ name: String) throws(CheckpointError) -> Tensor<Float>? {
        do { return try network.constant(name, &budget) } catch { throw exhausted(error) }
    }

    /// A matrix with its dimensions exchanged, in the place of one that ``constant(_:)`` gave.
    mutating func transposed(_ matrix: consuming Tensor<Float>) throws(CheckpointError) -> Tensor<Float> {
        do { return try network.transposed(matrix, &budget) } catch { throw exhausted(error) }
    }

    // MARK: Patterns

    /// Whether `name` is the sum of two values.
    func isSum(_ name: String, of first: String, _ second: String) -> Bool {
        guard let sum = maker(of: name, "Add"), let a = operand(0, of: sum), let b = operand(1, of: sum)
        else { return false }
        return a == first && b == second || a == second && b == first
    }

    /// The value that `operation` joins with the number `scalar` to make `name`.
    private func other(of name: String, _ operation: String, with scalar: Float) -> String? {
        guard let node = maker(of: name, operation), let a = node.operand(0), let b = node.operand(1)
        else { return nil }
        func isScalar(_ name: String) -> Bool { network.scalar(name).map { abs($0 - scalar) < 1e-5 } ?? false }
        if isScalar(b) { return source(a) }
        // A quotient has its order.
        return isScalar(a) && operation != "Div" ? source(b) : nil
    }

    /// Whether `name` is the gelu of a value by the error function, as one operation or as
    /// `x · (0.5 · (erf(x / √2) + 1))`.
    func isGelu(_ name: String, of x: String) -> Bool {
        if let node = maker(of: name, "Gelu") {
            let form = node.attribute("approximate").map { String(decoding: $0.text, as: UTF8.self) } ?? "none"
            return operand(0, of: node) == x && form == "none"
        }
        guard let product = maker(of: name, "Mul"), let a = operand(0, of: product), let b = operand(1, of: product),
            let sum = other(of: a == x ? b : a, "Mul", with: 0.5), a == x || b == x,
            let function = other(of: sum, "Add", with: 1), let erf = maker(of: function, "Erf"),
            let quotient = erf.operand(0)
        else { return false }
        return other(of: quotient, "Div", with: 1.414_213_5) == x
    }
}
