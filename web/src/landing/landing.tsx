export const Landing = () => <main>Voxgate</main>;
