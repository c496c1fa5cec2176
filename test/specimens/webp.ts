export const specimens = [{name:'x',make:()=>{throw new Error('x')},canaries:()=>[],decode:async()=>0}]; export const structuralTags=/x/;
