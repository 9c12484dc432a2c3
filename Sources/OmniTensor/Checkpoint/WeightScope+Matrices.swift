/// A matrix that a layer wants from its scope.
package struct WantedMatrix: Sendable, Hashable {
    /// The last part of its name. A packed file may have it; elsewhere it is only a name.
    package var name: String
    /// `[out, in]`.
    package var shape: Shape
    /// Whether a bias `[out]` goes with it.
    package var hasBias: Bool

    /// Bundles the facts.
    package init(_ name: String, _ shape: Shape, bias hasBias: Bool) {
        self.name = name
        self.shape = shape
        self.hasBias = hasBias
    }
}

/// What a matrix is made of: `weight` `[out, in]`, and `bias` `[out]` where there is one.
package typealias MatrixParameters = (weight: Tensor<Float>, bias: Tensor<Float>?)

extension WeightScope {
    /// A packed matrix: as the file has it where the file is packed, else made from the file's tensors and packed now.
    ///
    /// - Parameters:
    ///   - wanted: the matrix.
    ///   - precision: how precisely it is kept if it is packed now.
    ///   - make: makes it from the tensors of a scope that stands in for this one.
    package func matrix(
        _ wanted: WantedMatrix, engine: any ComputeEngine, precision: WeightPrecision,
        make: (WeightScope) throws -> MatrixParameters
    ) throws -> any PackedMatrix {
        if let ready = try ready(wanted, engine) { return ready }
        return try pack(wanted, make(standIn), engine, precision)
    }

    /// Several matrices that are made from the same tensors, in their order.
    package func matrices(
        _ wanted: [WantedMatrix], engine: any ComputeEngine, precision: WeightPrecision,
        make: (WeightScope) throws -> [MatrixParameters]
    ) throws -> [any PackedMatrix] {
        let ready = try wanted.compactMap { try self.ready($0, engine) }
        if ready.count == wanted.count { return ready }
        return try zip(wanted, make(standIn)).map { try pack($0, $1, engine, precision) }
    }

    /// The matrix as a packed file has it.
    private func ready(_ wanted: WantedMatrix, _ engine: any ComputeEngine) throws -> (any PackedMatrix)? {
        let path = path(of: wanted.name)
        guard let stored = try source.matrix(path) else { return nil }
        guard stored.info.shape == wanted.shape, stored.info.hasBias == wanted.hasBias else {
            throw CheckpointError(
                .shapeMismatch, file: file, tensor: path,
                reason: "the matrix must be \(wanted.shape) \(wanted.hasBias ? "with" : "without") bias but is "
                    + "\(stored.info.text)")
        }
        let matrix = try engine.open(stored)
        note(path, matrix)
        return matrix
    }

    private func pack(
        _ wanted: WantedMatrix, _ parameters: MatrixParameters, _ engine: any ComputeEngine,
        _ precision: WeightPrecision
    ) throws -> any PackedMatrix {
        precondition(
            parameters.weight.shape == wanted.shape && (parameters.bias != nil) == wanted.hasBias,
            "\(wanted.name) is made as \(parameters.weight.shape)")
        do {
            let matrix = try engine.pack(parameters.weight, bias: parameters.bias, precision: precision)
            note(path(of: wanted.name), matrix)
            return matrix
        } catch {
            // The engine does not know whose elements they are.
            if case .weightNotFinite = error { try requireFinite(parameters.weight, path(of: wanted.name)) }
            throw error
        }
    }
}
