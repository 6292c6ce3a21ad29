fn main() -> std::io::Result<()> {
    let root = std::env::var("BENCH_ROOT").expect("BENCH_ROOT: the root of the project");
    let protos = format!("{root}/tests/bench/proto");
    tonic_prost_build::configure().build_client(false).compile_protos(
        &["profile", "todo", "project"].map(|name| format!("{protos}/bench/v1/{name}.proto")),
        &[protos.clone(), format!("{root}/proto")],
    )
}
